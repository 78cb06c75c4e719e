"""Letter: an invoice's lines as people read them, in groups with what each comes to."""

from dataclasses import dataclass, replace
from enum import Enum

from portal.words import N_, _
from store.invoice_lines import Line
from store.money import Money


class By(Enum):
    """What lines are grouped by; the value stands in the address."""

    CATEGORY = "category"
    COST_CENTRE = "cost_centre"
    NUMBER = "number"


LINES = 50
"""Lines that one page shows: it stays below 50 kB."""
GROUPINGS = ((By.CATEGORY, N_("Kind")), (By.COST_CENTRE, N_("Cost centre")), (By.NUMBER, N_("Number")))
_NAMELESS = {
    By.CATEGORY: N_("Other charges"),
    By.COST_CENTRE: N_("No cost centre"),
    By.NUMBER: N_("Not for one number"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together, in their order, and their net."""

    name: str
    lines: tuple[Line, ...]
    net: Money


def grouping(text: str) -> By:
    """The grouping that an address asks for; by category where it asks for none."""
    return By(text) if text in {by.value for by in By} else By.CATEGORY


def groups(lines: list[Line], by: By = By.CATEGORY) -> list[Group]:
    """The lines in groups, these in the order of their first line; their nets add up to the whole."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(_name(line, by) or _(_NAMELESS[by]), []).append(line)
    return [Group(name, tuple(some), _net(some)) for name, some in found.items()]


def part(groups: list[Group], start: int, end: int) -> list[Group]:
    """Of lines in groups those from the `start`th to before the `end`th; what a group comes to stays whole."""
    found, place = [], 0
    for group in groups:
        lines = group.lines[max(0, start - place) : max(0, end - place)]
        if lines:
            found.append(replace(group, lines=lines))
        place += len(group.lines)
    return found


def _name(line: Line, by: By) -> str:
    match by:
        case By.CATEGORY:
            return line.category
        case By.COST_CENTRE:
            return line.cost_centre
        case By.NUMBER:
            return line.cli


@dataclass(frozen=True, slots=True)
class PaymentDetail:
    """One line of how to pay; without a label it is plain text."""

    label: str
    text: str


def payment_details(text: str) -> list[PaymentDetail]:
    """`Sort code: 20-00-00` is a label and what to copy; other lines are said as they are."""
    details = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        label, colon, value = line.partition(":")
        labelled = bool(colon and value.strip() and len(label) <= 30 and not value.startswith("//"))
        details.append(PaymentDetail(label.strip(), value.strip()) if labelled else PaymentDetail("", line))
    return details


def _net(lines: list[Line]) -> Money:
    return sum((line.net for line in lines[1:]), lines[0].net)
