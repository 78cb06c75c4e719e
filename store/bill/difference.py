"""Difference: why one bill comes to more or less than another; facts in, a value out, and its parts add up exactly.

Lines that are the same thing (`store.bill.matching`) are held against each other; several such lines of one bill count
as one. What only the later bill has is new, what only the earlier has is ended. What both have changed by its price,
by how much was used, or both: the price part is what the earlier quantity would cost more at the later bill's price,
the rest is usage. A usage line that charges a sum (quantity 1) says nothing of its price: all its change is usage.
One-off charges and credits stand apart, and so do VAT by rate, and what the lines of a bill leave to its total.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from store.bill import matching
from store.bill.matching import Key
from store.invoice_lines import LineKind
from store.money import MILLIONTHS


class Cause(Enum):
    """Why an amount changed, in the order in which causes are told."""

    NEW_NUMBER = "new_number"
    NEW = "new"
    ENDED_NUMBER = "ended_number"
    ENDED = "ended"
    PRICE = "price"
    USAGE = "usage"
    ONE_OFF = "one_off"
    CREDIT = "credit"
    UNLISTED = "unlisted"
    """A bill came without lines."""
    ROUNDING = "rounding"
    TAX = "tax"


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line; quantity and price in millionths, the net in minor units."""

    position: int
    kind: LineKind
    category: str
    description: str
    cli: str
    quantity: int
    unit_price: int
    net: int


@dataclass(frozen=True, slots=True)
class Tax:
    """VAT of a bill at one rate."""

    code: str
    rate: int
    amount: int


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill in minor units of its currency."""

    lines: tuple[BillLine, ...]
    taxes: tuple[Tax, ...]
    net: int
    tax: int

    @property
    def gross(self) -> int:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Side:
    """A thing on one of the bills."""

    positions: tuple[int, ...]
    quantity: int
    unit_price: int | None
    """None: its lines have several."""
    net: int
    is_sum: bool
    """Each of its lines is one of something."""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing, on one bill or on both, and the parts of its change by cause."""

    kind: LineKind
    category: str
    cli: str
    description: str
    before: Side | None
    after: Side | None
    parts: tuple[tuple[Cause, int], ...]

    @property
    def change(self) -> int:
        return net_of(self.after) - net_of(self.before)


@dataclass(frozen=True, slots=True)
class TaxChange:
    """VAT at one rate on both bills; without a code what the rates leave to the bills' VAT."""

    code: str
    rate: int
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Difference:
    """Two bills and all that lies between their totals."""

    before: Bill
    after: Bill
    items: tuple[Item, ...]
    taxes: tuple[TaxChange, ...]
    rest: Cause
    """What the amount is called that no line accounts for."""

    @property
    def change(self) -> int:
        return self.after.gross - self.before.gross

    @property
    def unaccounted(self) -> int:
        """The change of what the lines leave to the nets."""
        return left_over(self.after) - left_over(self.before)

    def of(self, cause: Cause) -> int:
        """How much of the change is for this cause; all causes come to the change."""
        if cause is Cause.TAX:
            return self.after.tax - self.before.tax
        own = sum(amount for item in self.items for why, amount in item.parts if why is cause)
        return own + (self.unaccounted if cause is self.rest else 0)

    @property
    def causes(self) -> dict[Cause, int]:
        """The causes that changed something, or have something to show."""
        found = {cause: self.of(cause) for cause in Cause}
        shown = {why for item in self.items for why, amount in item.parts if amount}
        return {cause: amount for cause, amount in found.items() if amount or cause in shown}

    def items_of(self, cause: Cause) -> list[tuple[Item, int]]:
        """The things behind a cause with their parts, those that changed most first."""
        found = [
            (item, amount) for item in self.items for why, amount in item.parts if why is cause and amount
        ]
        return sorted(found, key=lambda each: -abs(each[1]))


def between(before: Bill, after: Bill) -> Difference:
    """What lies between two bills of one currency."""
    sides = [_things(bill.lines) for bill in (before, after)]
    numbers = [{line.cli for line in bill.lines if line.cli} for bill in (before, after)]
    items = [
        _item([*sides[0].get(key, ()), *sides[1].get(key, ())], sides[0].get(key), sides[1].get(key), numbers)
        for key in dict.fromkeys((*sides[1], *sides[0]))
    ]
    unlisted = any(not bill.lines and bill.net for bill in (before, after))
    return Difference(
        before,
        after,
        tuple(items),
        tuple(_taxes(before, after)),
        Cause.UNLISTED if unlisted else Cause.ROUNDING,
    )


def left_over(bill: Bill) -> int:
    """What the lines of a bill leave to its net."""
    return bill.net - sum(line.net for line in bill.lines)


def net_of(side: Side | None) -> int:
    """What a thing comes to on a bill; nothing where it is not on it."""
    return side.net if side else 0


def split(before: Side, after: Side, kind: LineKind) -> tuple[int, int]:
    """The parts of a change that are for the price, at the earlier quantity, and for the quantity."""
    change = after.net - before.net
    if kind is LineKind.USAGE and before.is_sum and after.is_sum:
        return 0, change
    if before.quantity == after.quantity:
        return change, 0
    same = before.unit_price is not None and before.unit_price == after.unit_price
    if same or not before.quantity or not after.quantity:
        return 0, change
    price = _divided(after.net * before.quantity, after.quantity) - before.net
    return price, change - price


def _things(lines: Iterable[BillLine]) -> dict[Key, list[BillLine]]:
    found: dict[Key, list[BillLine]] = {}
    for line in lines:
        found.setdefault(matching.key(line.kind, line.category, line.cli, line.description), []).append(line)
    return found


def _item(
    lines: Sequence[BillLine],
    before: Sequence[BillLine] | None,
    after: Sequence[BillLine] | None,
    numbers: Sequence[set[str]],
) -> Item:
    said, old, new = lines[-1], _side(before), _side(after)
    parts = _parts(said, old, new, numbers)
    return Item(said.kind, said.category, said.cli, said.description, old, new, parts)


def _parts(
    said: BillLine, old: Side | None, new: Side | None, numbers: Sequence[set[str]]
) -> tuple[tuple[Cause, int], ...]:
    change = net_of(new) - net_of(old)
    if said.kind is LineKind.ONE_OFF:
        return ((Cause.ONE_OFF, change),)
    if said.kind is LineKind.CREDIT:
        return ((Cause.CREDIT, change),)
    if old is None:
        return ((Cause.NEW_NUMBER if said.cli and said.cli not in numbers[0] else Cause.NEW, change),)
    if new is None:
        return ((Cause.ENDED_NUMBER if said.cli and said.cli not in numbers[1] else Cause.ENDED, change),)
    price, usage = split(old, new, said.kind)
    return (Cause.PRICE, price), (Cause.USAGE, usage)


def _side(lines: Sequence[BillLine] | None) -> Side | None:
    if not lines:
        return None
    prices = {line.unit_price for line in lines}
    return Side(
        positions=tuple(line.position for line in lines),
        quantity=sum(line.quantity for line in lines),
        unit_price=prices.pop() if len(prices) == 1 else None,
        net=sum(line.net for line in lines),
        is_sum=all(abs(line.quantity) == MILLIONTHS for line in lines),
    )


def _taxes(before: Bill, after: Bill) -> Iterable[TaxChange]:
    sums = [_by_rate(bill) for bill in (before, after)]
    for code, rate in sorted({*sums[0], *sums[1]}, key=lambda key: (-key[1], key[0])):
        yield TaxChange(code, rate, sums[0].get((code, rate), 0), sums[1].get((code, rate), 0))
    rests = [bill.tax - sum(found.values()) for bill, found in zip((before, after), sums, strict=True)]
    if any(rests):
        yield TaxChange("", 0, rests[0], rests[1])


def _by_rate(bill: Bill) -> dict[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = {}
    for tax in bill.taxes:
        found[tax.code, tax.rate] = found.get((tax.code, tax.rate), 0) + tax.amount
    return found


def _divided(number: int, by: int) -> int:
    """A quotient, halves away from zero."""
    size = (2 * abs(number) + abs(by)) // (2 * abs(by))
    return size if (number < 0) == (by < 0) else -size
