"""Pictures: by how much customers' amounts differ from the month before, as bars to either side of a line; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.money import Money
from store.previews import Comparison, Customer

WIDTH = 160
_MIDDLE = WIDTH / 2
SHOWN = 15


@dataclass(frozen=True, slots=True)
class Row:
    """A customer with both amounts, what is between them, and the place of its bar."""

    customer: Customer
    change: Money
    word: str
    """New, gone, or nothing to add."""
    x: float
    width: float

    @property
    def sign(self) -> str:
        return "+" if self.change.minor > 0 else ""


def largest(comparison: Comparison, shown: int = SHOWN) -> tuple[Row, ...]:
    """The customers whose amounts differ most, the widest bar first."""
    words: list[tuple[Customer, str]] = [
        *((customer, "no invoice now") for customer in comparison.gone_listed),
        *((customer, "new") for customer in comparison.new_listed),
        *((customer, "") for customer in comparison.movements),
    ]
    return rows(sorted(words, key=lambda each: -abs(_change(each[0])))[:shown])


def rows(found: Sequence[tuple[Customer, str]]) -> tuple[Row, ...]:
    """A row for each, its bar to the right for more and to the left for less."""
    most = max((abs(_change(customer)) for customer, _ in found), default=0) or 1
    made = []
    for customer, word in found:
        change = _change(customer)
        width = max(round(abs(change) / most * _MIDDLE, 1), 1.0)
        x = _MIDDLE if change >= 0 else _MIDDLE - width
        made.append(Row(customer, Money(change, customer.now.currency), word, x, width))
    return tuple(made)


def _change(customer: Customer) -> int:
    return customer.now.minor - customer.before.minor
