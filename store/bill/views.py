"""Views: the same difference by category, by number and by destination; each adds up to the change of the nets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from store.bill.difference import Bill, BillLine, Difference, left_over
from store.bill.line_sums import LineSum
from store.bill.rounding import Rounding, rounded
from store.invoice_lines import LineKind


@dataclass(frozen=True, slots=True)
class Part:
    """What one thing comes to on both bills, and the lines that it is in."""

    name: str
    before: int
    after: int
    before_lines: tuple[int, ...] = ()
    after_lines: tuple[int, ...] = ()
    calls: tuple[int, int] = (0, 0)

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts, those that changed most first, and what else is between the nets of the bills."""

    named: tuple[Part, ...]
    nameless: Part
    """Of lines without such a name."""
    rest: Part
    """What no line accounts for; by destination: usage without a list of calls, and the rounding of lines."""

    @property
    def change(self) -> int:
        return sum(each.change for each in (*self.named, self.nameless, self.rest))


def by_category(found: Difference) -> Parts:
    """By the category of lines."""
    return _by(found, lambda line: line.category)


def by_number(found: Difference) -> Parts:
    """By the number that lines are for."""
    return _by(found, lambda line: line.cli)


def by_destination(
    found: Difference,
    before: Sequence[LineSum],
    after: Sequence[LineSum],
    currency: str,
    rounding: Rounding,
) -> Parts:
    """The calls that usage lines charge, by destination; the nameless part is what else is on the bills."""
    old, new = _charged(found.before, before, currency), _charged(found.after, after, currency)
    named = [
        Part(
            name=name,
            before=_money(old.get(name, ()), currency, rounding),
            after=_money(new.get(name, ()), currency, rounding),
            before_lines=_places(old.get(name, ())),
            after_lines=_places(new.get(name, ())),
            calls=(_count(old.get(name, ())), _count(new.get(name, ()))),
        )
        for name in dict.fromkeys((*new, *old))
    ]
    usage = [_net(bill, usage=True) for bill in (found.before, found.after)]
    others = [_net(bill, usage=False) + left_over(bill) for bill in (found.before, found.after)]
    rest = Part("", usage[0] - sum(one.before for one in named), usage[1] - sum(one.after for one in named))
    return Parts(_sorted(named), Part("", others[0], others[1]), rest)


def shortened(parts: Parts, most: int) -> tuple[tuple[Part, ...], Part, int]:
    """The first parts that changed, and the others as one with their number."""
    some = tuple(part for part in parts.named[:most] if part.change)
    others = parts.named[len(some) :]
    return (
        some,
        Part("", sum(one.before for one in others), sum(one.after for one in others)),
        len(others),
    )


def _by(found: Difference, name: Callable[[BillLine], str]) -> Parts:
    old, new = _named(found.before.lines, name), _named(found.after.lines, name)
    parts = [
        Part(each, _sum(old, each), _sum(new, each), _positions(old, each), _positions(new, each))
        for each in dict.fromkeys((*new, *old))
    ]
    nameless = next((part for part in parts if not part.name), Part("", 0, 0))
    rest = Part("", left_over(found.before), left_over(found.after))
    return Parts(_sorted(part for part in parts if part.name), nameless, rest)


def _named(lines: Iterable[BillLine], name: Callable[[BillLine], str]) -> dict[str, list[BillLine]]:
    found: dict[str, list[BillLine]] = {}
    for line in lines:
        found.setdefault(name(line), []).append(line)
    return found


def _sum(side: Mapping[str, Sequence[BillLine]], name: str) -> int:
    return sum(line.net for line in side.get(name, ()))


def _positions(side: Mapping[str, Sequence[BillLine]], name: str) -> tuple[int, ...]:
    return tuple(line.position for line in side.get(name, ()))


def _charged(bill: Bill, sums: Sequence[LineSum], currency: str) -> dict[str, list[LineSum]]:
    """The calls of a bill's usage lines by destination group, or by destination where there is no group."""
    usage = {line.position for line in bill.lines if line.kind is LineKind.USAGE}
    found: dict[str, list[LineSum]] = {}
    for one in sums:
        if one.currency == currency and one.position in usage:
            found.setdefault(one.group or one.destination, []).append(one)
    return found


def _money(sums: Sequence[LineSum], currency: str, rounding: Rounding) -> int:
    return rounded(sum(one.price for one in sums), currency, rounding).minor


def _places(sums: Sequence[LineSum]) -> tuple[int, ...]:
    return tuple(sorted({one.position for one in sums}))


def _count(sums: Sequence[LineSum]) -> int:
    return sum(one.calls for one in sums)


def _net(bill: Bill, *, usage: bool) -> int:
    return sum(line.net for line in bill.lines if (line.kind is LineKind.USAGE) is usage)


def _sorted(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: (-abs(part.change), -abs(part.after), part.name)))
