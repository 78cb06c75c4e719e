"""Adding up: whether calls come to the usage lines that charge them, line by line; facts in, a value out.

A line without any calls is not itemised, which is no fault. Calls past their retention cannot be listed, so a line
that would differ because of them is called unknown. Calls whose file names no line are held against all usage lines
that have none of their own: whether roundings of so many lines can have made them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from store.bill.line_sums import Gone, LineSum
from store.bill.rounding import Rule, can_be, rounded
from store.money import Money


class Verdict(Enum):
    """What is to be said of a line."""

    ADDS_UP = "adds_up"
    DIFFERS = "differs"
    NOT_ITEMISED = "not_itemised"
    NO_LONGER_KEPT = "no_longer_kept"


@dataclass(frozen=True, slots=True)
class UsageLine:
    """A line that charges usage."""

    position: int
    description: str
    net: Money


@dataclass(frozen=True, slots=True)
class Checked:
    """A line with what its calls come to; `gone` of them are past their retention."""

    line: UsageLine
    calls: int
    gone: int
    charged: Money
    verdict: Verdict

    @property
    def difference(self) -> Money:
        """What the calls come to beyond the line."""
        return self.charged - self.line.net


@dataclass(frozen=True, slots=True)
class Pooled:
    """Calls of the invoice whose file names none of its lines."""

    calls: int
    charged: Money
    lines: Money
    """The usage lines without calls of their own, in all."""
    adds_up: bool

    @property
    def difference(self) -> Money:
        return self.charged - self.lines


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The usage of an invoice beside its calls."""

    currency: str
    lines: tuple[Checked, ...]
    pooled: Pooled | None
    strange: tuple[str, ...]
    """Other currencies in which calls of it are charged: they are not added up."""

    def of(self, *verdicts: Verdict) -> tuple[Checked, ...]:
        """The lines of which this is to be said."""
        return tuple(each for each in self.lines if each.verdict in verdicts)

    @property
    def differing(self) -> tuple[Checked, ...]:
        return self.of(Verdict.DIFFERS)

    @property
    def not_itemised(self) -> Money:
        """The usage that is charged without calls."""
        return self._money(each.line.net for each in self.of(Verdict.NOT_ITEMISED))

    @property
    def charged(self) -> Money:
        """What the calls come to of the lines that can be checked."""
        return self._money([*(each.charged for each in self._checked), *(one.charged for one in self._pools)])

    @property
    def usage(self) -> Money:
        """Those lines."""
        return self._money([*(each.line.net for each in self._checked), *(one.lines for one in self._pools)])

    @property
    def gone(self) -> int:
        """How many calls of it are no longer kept."""
        return sum(each.gone for each in self.lines)

    @property
    def is_itemised(self) -> bool:
        """Whether any usage can be held against calls."""
        return bool(self._checked or self.pooled)

    @property
    def adds_up(self) -> bool:
        """Whether nothing that can be checked differs."""
        return not self.differing and not self.strange and all(one.adds_up for one in self._pools)

    @property
    def _checked(self) -> tuple[Checked, ...]:
        return self.of(Verdict.ADDS_UP, Verdict.DIFFERS)

    @property
    def _pools(self) -> tuple[Pooled, ...]:
        return (self.pooled,) if self.pooled else ()

    def _money(self, amounts: Iterable[Money]) -> Money:
        return sum(amounts, Money(0, self.currency))


def reconciled(
    lines: Sequence[UsageLine],
    others: Sequence[int],
    listed: Sequence[LineSum],
    gone: Sequence[Gone],
    rule: Rule,
    currency: str,
    *,
    is_credit: bool = False,
) -> Reconciliation:
    """Hold calls against the usage lines of an invoice; `others`: the positions of its other lines.

    On a credit note lines and calls may stand with or without their sign: there only amounts are compared.
    """
    usage = [_unsigned(line) for line in lines] if is_credit else list(lines)
    places = {line.position for line in usage}
    own = [one for one in listed if one.currency == currency]
    old = [one for one in gone if one.currency == currency]
    checked = [_checked(line, own, old, rule, is_credit) for line in usage]
    loose = [one for one in own if one.position not in places and one.position not in others]
    loose_old = [one for one in old if one.position not in places and one.position not in others]
    bare = [each for each in checked if each.verdict is Verdict.NOT_ITEMISED]
    pooled = _pooled(bare, loose, loose_old, rule, currency, is_credit)
    if pooled:
        checked = [each for each in checked if each.verdict is not Verdict.NOT_ITEMISED]
    known = {one.currency for one in listed} | {one.currency for one in gone}
    strange = sorted(known - {currency})
    return Reconciliation(currency, tuple(checked), pooled, tuple(strange))


def _checked(
    line: UsageLine, listed: Sequence[LineSum], gone: Sequence[Gone], rule: Rule, is_credit: bool
) -> Checked:
    own = [one for one in listed if one.position == line.position]
    old = [one for one in gone if one.position == line.position]
    count, lost = sum(one.calls for one in own), sum(one.calls for one in old)
    charged = _charged(own, old, rule, line.net.currency, is_credit)
    return Checked(line, count, lost, charged, _verdict(line.net, count, lost, charged, rule))


def _verdict(net: Money, count: int, lost: int, charged: Money, rule: Rule) -> Verdict:
    if not count and not lost:
        return Verdict.NOT_ITEMISED
    if charged == net and not (lost and rule.each_call):
        return Verdict.ADDS_UP
    return Verdict.NO_LONGER_KEPT if lost else Verdict.DIFFERS


def _charged(
    listed: Sequence[LineSum], gone: Sequence[Gone], rule: Rule, currency: str, is_credit: bool
) -> Money:
    """What calls come to as money; each one of those that are gone cannot be rounded any more: all at once."""
    old = sum(one.price for one in gone)
    if rule.each_call:
        in_all = Money(sum(one.rounded for one in listed), currency) + rounded(old, currency, rule.rounding)
    else:
        in_all = rounded(sum(one.price for one in listed) + old, currency, rule.rounding)
    return Money(abs(in_all.minor), currency) if is_credit else in_all


def _pooled(
    bare: Sequence[Checked],
    listed: Sequence[LineSum],
    gone: Sequence[Gone],
    rule: Rule,
    currency: str,
    is_credit: bool,
) -> Pooled | None:
    """Calls of no line beside the lines of no calls; those that are free and charged nowhere are left out."""
    total = sum(one.price for one in listed)
    if gone or not listed or (not bare and not total):
        return None
    charged = _charged(listed, gone, rule, currency, is_credit)
    lines = sum((each.line.net for each in bare), Money(0, currency))
    size = abs(total) if is_credit else total
    adds_up = charged == lines or (
        not rule.each_call and can_be(size, lines.minor, len(bare), currency, rule.rounding)
    )
    return Pooled(sum(one.calls for one in listed), charged, lines, adds_up)


def _unsigned(line: UsageLine) -> UsageLine:
    return UsageLine(line.position, line.description, Money(abs(line.net.minor), line.net.currency))
