"""Rounding: by which rule the charges of calls, in millionths, become money on a line.

A call's `net_price` is all that it is charged before VAT: access and service charge are parts of it, and a call in
a bundle counts with what it is charged, mostly nothing. Halves go away from zero or to the even number; up is away
from zero and down towards it, so that a credit is rounded as its charge was.
"""

from dataclasses import dataclass
from enum import StrEnum

from store.money import MILLIONTHS, Money, currencies_of, exponent


class Rounding(StrEnum):
    """What becomes of the part of a penny."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Rule:
    """An organisation's rule: how, and whether a line's calls are added up first or each is rounded for itself."""

    rounding: Rounding = Rounding.HALF_UP
    each_call: bool = False

    def __str__(self) -> str:
        return f"{self.rounding.value}/{'call' if self.each_call else 'line'}"


def rounded(millionths: int, currency: str, rounding: Rounding) -> Money:
    """A charge as money."""
    unit = unit_of(currency)
    whole, rest = divmod(abs(millionths), unit)
    match rounding:
        case Rounding.HALF_UP:
            whole += 2 * rest >= unit
        case Rounding.HALF_EVEN:
            whole += 2 * rest > unit or (2 * rest == unit and whole % 2 == 1)
        case Rounding.UP:
            whole += rest > 0
        case Rounding.DOWN:
            pass
    return Money(-whole if millionths < 0 else whole, currency)


def unit_of(currency: str) -> int:
    """How many millionths the smallest coin of a currency is."""
    unit: int = MILLIONTHS // 10 ** exponent(currency)
    return unit


def can_be(total: int, nets: int, lines: int, currency: str, rounding: Rounding) -> bool:
    """Whether charges of `total` millionths, split over so many lines, can have been rounded to `nets` in all."""
    unit = unit_of(currency)
    off = abs(nets * unit - total)
    return (
        2 * off <= lines * unit if rounding in (Rounding.HALF_UP, Rounding.HALF_EVEN) else off < lines * unit
    )


def sql(column: str, currency: str, rounding: Rounding) -> str:
    """The SQL of `rounded` for two columns, in minor units."""
    unit = _unit_sql(currency)
    size = f"abs({column})"
    more = {
        Rounding.HALF_UP: f"({size} % {unit}) * 2 >= {unit}",
        Rounding.HALF_EVEN: f"({size} % {unit}) * 2 + ({size} / {unit}) % 2 > {unit}",
        Rounding.UP: f"{size} % {unit} > 0",
        Rounding.DOWN: "0",
    }[rounding]
    return f"(sign({column}) * ({size} / {unit} + ({more})))"


def _unit_sql(currency: str) -> str:
    cases = " ".join(
        f"WHEN {currency} IN ({', '.join(repr(code) for code in currencies_of(places))}) THEN {unit}"
        for places, unit in ((3, MILLIONTHS // 1000), (0, MILLIONTHS))
    )
    return f"(CASE {cases} ELSE {MILLIONTHS // 100} END)"
