"""Long lists a part at a time: every item stands in one part, and every address leads to one."""

from hypothesis import given
from hypothesis import strategies as st

from portal import slices
from portal.links import link


def url(number: int | None) -> str:
    return link("/list", part=number)


@given(total=st.integers(0, 500), size=st.integers(1, 60))
def test_all_items_stand_in_one_part_each(total: int, size: int) -> None:
    found = slices.cut(total, size, "", url)
    seen: list[int] = []
    while True:
        seen += range(found.start, found.end)
        assert found.end - found.start <= size
        if not found.after_url:
            break
        found = slices.cut(total, size, found.after_url.partition("part=")[2], url)
    assert seen == list(range(total))


@given(asked=st.text(max_size=12), total=st.integers(0, 500))
def test_whatever_is_asked_for_there_is_a_part(asked: str, total: int) -> None:
    found = slices.cut(total, 50, asked, url)
    assert 0 <= found.start <= found.end <= total
    assert found.end > found.start or not total


def test_the_first_part_has_the_plain_address() -> None:
    assert slices.cut(150, 50, "2", url).before_url == "/list"
    assert slices.cut(150, 50, "3", url).before_url == "/list?part=2"
    assert slices.cut(150, 50, "9", url).start == 100
    assert not slices.cut(50, 50, "", url).is_part


def test_part_that_holds_an_item() -> None:
    assert slices.holding("abcdef", lambda each: each == "d", 3) == "2"
    assert slices.holding("abcdef", lambda each: each == "x", 3) == ""
