"""Cells: words, keys and telephone numbers; the text of one cell becomes a value, or is `Refused` with the cure."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from store.importing.refusal import Refused, quoted
from store.importing.source import SourceFormat

Parse = Callable[[str], object]

SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})\Z", re.ASCII)
"""4.4E+11: how Excel writes what is too long for its cell."""
_LOST_ZERO = re.compile(r"[1-35789][0-9]{9}\Z")
"""A UK national number without its 0: ten digits; none begins with 4 or 6."""


def text(limit: int) -> Parse:
    """Any text of at most `limit` characters."""

    def parse(cell: str) -> str:
        if len(cell) > limit:
            raise Refused(f"has {len(cell):,} characters; at most {limit:,} are kept")
        return cell

    return parse


def key(limit: int) -> Parse:
    """Text that identifies something: digits that Excel dropped would make two things one."""
    bounded = text(limit)

    def parse(cell: str) -> object:
        if "E+" in cell and (found := SCIENTIFIC.match(cell)):
            if len(found[1] or "") < int(found[2]):
                raise Refused(f"{quoted(cell)} has lost its last digits in Excel; format the column as text")
            return str(int(Decimal(cell)))
        return bounded(cell)

    return parse


def telephone(limit: int, source: SourceFormat, *, ours: bool) -> Parse:
    """A telephone number as written; `ours`: a UK line, so that a lost leading zero shows."""
    bounded, numbers = text(limit), source.numbers

    def parse(cell: str) -> object:
        if numbers != "exact":
            if SCIENTIFIC.match(cell):
                return _expanded(cell, numbers)
            if ours and _LOST_ZERO.match(cell):
                return _with_zero(cell, numbers)
        return bounded(cell)

    return parse


def _expanded(cell: str, numbers: str) -> str:
    if numbers != "excel":
        raise Refused(
            f"{quoted(cell)} is how Excel writes a long number; if zeros may stand for what it dropped,"
            " say --numbers excel, else format the column as text"
        )
    return str(int(Decimal(cell)))


def _with_zero(cell: str, numbers: str) -> str:
    if numbers != "excel":
        raise Refused(
            f"{quoted(cell)} may have lost a leading zero; if Excel dropped it, say --numbers excel;"
            " if it is right as it stands, say --numbers exact"
        )
    return "0" + cell


def choice(words: Mapping[str, str]) -> Parse:
    """One of some words, in camelCase, snake_case or with spaces; `words` maps spellings without marks."""
    shown = ", ".join(dict.fromkeys(words.values()))

    def parse(cell: str) -> str:
        found = words.get(plain_word(cell))
        if found is None:
            raise Refused(f"{quoted(cell)} is none of {shown}")
        return found

    return parse


def words(*values: str, **aliases: str) -> dict[str, str]:
    """The mapping that `choice` takes: each value under its plain spelling, and aliases."""
    return {plain_word(value): value for value in values} | aliases


def plain_word(cell: str) -> str:
    """partlySettled, partly_settled and Partly settled are all partlysettled."""
    return cell.replace("_", "").replace("-", "").replace(" ", "").lower()


def currency(known: frozenset[str]) -> Parse:
    """A currency code of ISO 4217."""

    def parse(cell: str) -> str:
        if cell not in known:
            raise Refused(f"{quoted(cell)} is not a currency code such as GBP")
        return cell

    return parse


def truth(cell: str) -> int:
    """Yes or no as 1 or 0."""
    found = {"1": 1, "true": 1, "yes": 1, "y": 1, "0": 0, "false": 0, "no": 0, "n": 0}.get(cell.lower())
    if found is None:
        raise Refused(f"{quoted(cell)} is neither true nor false")
    return found
