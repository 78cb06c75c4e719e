"""Amounts: decimal text of an amount, a price, a rate or a count becomes an exact integer, or is `Refused`."""

import re
from decimal import Decimal

from store import money
from store.importing.cells import SCIENTIFIC, Parse
from store.importing.refusal import Refused, quoted
from store.importing.source import SourceFormat

LARGEST = 2**63 - 1
"""SQLite's integers; an amount in millionths must fit."""

_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\Z")
_SYMBOLS = {"£": "GBP", "€": "EUR", "$": "USD"}


class Marked(int):
    """An amount in millionths that stood beside a currency sign."""

    currency: str


def whole(source: SourceFormat, low: int = 0, high: int = LARGEST) -> Parse:
    """A whole number from `low` to `high`."""

    def parse(cell: str) -> int:
        number = int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 20 else _whole(cell, source)
        if not low <= number <= high:
            raise Refused(f"{quoted(cell)} is not from {low} to {high:,}")
        return number

    return parse


def _whole(cell: str, source: SourceFormat) -> int:
    scaled = _scaled(cell, source)
    if scaled % money.MILLIONTHS:
        raise Refused(f"{quoted(cell)} is not a whole number")
    return scaled // money.MILLIONTHS


def decimal(source: SourceFormat) -> Parse:
    """A decimal number as integer millionths; an amount too, see `minor`."""

    def parse(cell: str) -> int:
        return _scaled(cell, source)

    return parse


def percent(source: SourceFormat) -> Parse:
    """A rate in percent as millionths of a percent: 20 or 20%."""

    def parse(cell: str) -> int:
        rate = _scaled(cell.removesuffix("%").rstrip(), source)
        if not 0 <= rate <= 100 * money.MILLIONTHS:
            raise Refused(f"{quoted(cell)} is not a rate from 0 to 100 percent")
        return rate

    return parse


def _scaled(cell: str, source: SourceFormat) -> int:
    number = money.parse_millionths(cell)
    if isinstance(number, int):
        if -LARGEST <= number <= LARGEST:
            return number
        raise Refused(f"{quoted(cell)} is too large")
    if SCIENTIFIC.match(cell):
        return _from_scientific(cell, source)
    if any(mark in cell for mark in "£€$,()") or cell.endswith("-"):
        return _from_marked(cell, source)
    raise Refused(f"{quoted(cell)}: {number.reason}")


def _from_scientific(cell: str, source: SourceFormat) -> int:
    if source.numbers != "excel":
        raise Refused(f"{quoted(cell)} is in scientific notation; if Excel wrote it so, say --numbers excel")
    scaled = Decimal(cell) * money.MILLIONTHS
    if scaled != scaled.to_integral_value() or abs(scaled) > LARGEST:
        raise Refused(f"{quoted(cell)} has more than 6 decimal places or is too large")
    return int(scaled)


def _from_marked(cell: str, source: SourceFormat) -> int:
    if source.amounts != "marked":
        raise Refused(
            f"{quoted(cell)} is not a plain decimal such as 1234.50;"
            " if amounts have £ and thousands commas, say --amounts marked"
        )
    body, negative = _without_sign(cell)
    symbol = body[:1] if body[:1] in _SYMBOLS else ""
    body = body.removeprefix(symbol).strip()
    if symbol and body.startswith("-") and not negative:
        body, negative = body[1:], True
    if "," in body:
        if not _THOUSANDS.match(body):
            raise Refused(f"{quoted(cell)}: commas must divide thousands, as in 1,234.50")
        body = body.replace(",", "")
    number = money.parse_millionths(body)
    if not isinstance(number, int) or body.startswith("-") or number > LARGEST:
        raise Refused(f"{quoted(cell)} is not an amount such as £1,234.50")
    if not symbol:
        return -number if negative else number
    marked = Marked(-number if negative else number)
    marked.currency = _SYMBOLS[symbol]
    return marked


def _without_sign(cell: str) -> tuple[str, bool]:
    """Negative are -£5, (£5) and £5-."""
    if cell.startswith("(") and cell.endswith(")"):
        return cell[1:-1].strip(), True
    if cell.startswith("-"):
        return cell[1:].strip(), True
    return (cell[:-1].strip(), True) if cell.endswith("-") else (cell, False)


def minor(scaled: int, currency: str, column: str) -> int:
    """An amount in millionths as minor units of its currency, exactly or not at all."""
    if type(scaled) is Marked and scaled.currency != currency:
        raise Refused(f"is marked as {scaled.currency} in a row of {currency}", column)
    places = money.exponent(currency)
    scale: int = 10 ** (6 - places)
    units, rest = divmod(scaled, scale)
    if rest:
        raise Refused(f"has more than the {places} decimal places of {currency}", column)
    return units


def millionths(scaled: int, currency: str, column: str) -> int:
    """A price in millionths, once its currency is known to be the row's."""
    if type(scaled) is Marked and scaled.currency != currency:
        raise Refused(f"is marked as {scaled.currency} in a row of {currency}", column)
    return int(scaled)
