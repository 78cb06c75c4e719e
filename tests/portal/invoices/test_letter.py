"""Lines in groups: nothing is lost or counted twice, whatever they are grouped by."""

from hypothesis import given
from hypothesis import strategies as st

from portal.invoices.letter import By, grouping, groups
from store.invoice_lines import Line, LineKind
from store.money import Money

_NAMES = st.sampled_from(["", "Rental", "Calls", "Office"])


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    count = draw(st.integers(0, 12))
    return [
        Line(
            position=position,
            kind=LineKind.USAGE,
            category=draw(_NAMES),
            description="",
            cli=draw(_NAMES),
            cost_centre=draw(_NAMES),
            period_from=None,
            period_to=None,
            quantity=1,
            unit_price=1,
            net=Money(draw(st.integers(-(10**9), 10**9)), "GBP"),
            tax_code="standard",
            tax_rate=20_000_000,
            tax=Money(0, "GBP"),
            has_calls=False,
        )
        for position in range(1, count + 1)
    ]


@given(lines(), st.sampled_from(By))
def test_subtotals_add_up_to_the_whole_and_each_line_stands_once(found: list[Line], by: By) -> None:
    made = groups(found, by)
    assert sum(group.net.minor for group in made) == sum(line.net.minor for line in found)
    assert sorted(line.position for group in made for line in group.lines) == [
        line.position for line in found
    ]
    assert len({group.name for group in made}) == len(made)


def test_an_address_that_asks_for_no_grouping_gets_the_usual_one() -> None:
    assert [grouping(text) for text in ("", "nonsense", "number", "cost_centre")] == [
        By.CATEGORY,
        By.CATEGORY,
        By.NUMBER,
        By.COST_CENTRE,
    ]
