from edge.tls.allowance import Allowance


def test_lines_beyond_the_allowance_are_counted_for_the_next_one() -> None:
    allowance = Allowance(per_second=2)
    assert [allowance.take("stranger", 5.0 + step / 10) for step in range(5)] == [0, 0, None, None, None]
    assert [allowance.take("stranger", 6.0), allowance.take("stranger", 6.1)] == [3, 0]


def test_one_kind_takes_nothing_from_another() -> None:
    allowance = Allowance(per_second=1)
    assert (allowance.take("stranger", 5.0), allowance.take("stranger", 5.0)) == (0, None)
    assert allowance.take("failed", 5.0) == 0
