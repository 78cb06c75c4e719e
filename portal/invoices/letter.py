"""Letter: an invoice's lines as people read them, by category with what each comes to."""

from dataclasses import dataclass

from store.invoice_lines import Line
from store.money import Money

OTHER = "Other charges"


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one category, in their order, and their net."""

    category: str
    lines: tuple[Line, ...]
    net: Money


def groups(lines: list[Line]) -> list[Group]:
    """Lines by category, the categories in the order of their first line."""
    by_category: dict[str, list[Line]] = {}
    for line in lines:
        by_category.setdefault(line.category or OTHER, []).append(line)
    return [Group(category, tuple(found), _net(found)) for category, found in by_category.items()]


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
