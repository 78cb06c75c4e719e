"""Columns: a header and a kind's columns become one parser a cell, fast for what repeats."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from store.importing.cells import Parse
from store.importing.references import References
from store.importing.refusal import Refusal, Refused, quoted
from store.importing.source import SourceFormat

REQUIRED = object()
REMEMBERED = 100_000
"""So many distinct cells of a column are parsed once only."""


@dataclass(frozen=True, slots=True)
class Context:
    """What parsers may need: the declared format, the store's references, the organisation's currency."""

    source: SourceFormat
    references: References
    currency: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in the header; without a default its cells must not be empty."""

    name: str
    parse: Callable[[Context], Parse]
    default: object = REQUIRED
    distinct: bool = False
    """Nearly every row has another value, so remembering them is of no use."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file's rows are read: append an empty cell, pick, parse."""

    width: int
    names: tuple[str, ...]
    pick: Callable[[Sequence[str]], Sequence[str]]
    parsers: tuple[Parse, ...]
    unknown: tuple[str, ...]

    def faults(self, row: int, cells: Sequence[str]) -> list[Refusal]:
        """Every cell of a row that is refused, for a row of which one is."""
        found = []
        for name, parse, cell in zip(self.names, self.parsers, self.pick(cells), strict=True):
            try:
                parse(cell)
            except Refused as refused:
                found.append(Refusal(row, name, refused.reason))
        return found


def layout(columns: Sequence[Column], header: Sequence[str], context: Context) -> Layout | list[Refusal]:
    """The layout of a file with this header, or what is wrong with the header."""
    names = [name.strip().lower().replace(" ", "_") for name in header]
    if faults := _header_faults(columns, names):
        return faults
    places = {name: place for place, name in enumerate(names)}
    known = {column.name for column in columns}
    return Layout(
        width=len(names),
        names=tuple(column.name for column in columns),
        pick=itemgetter(*(places.get(column.name, len(names)) for column in columns)),
        parsers=tuple(_parser(column, context) for column in columns),
        unknown=tuple(name for name in names if name and name not in known),
    )


def _header_faults(columns: Sequence[Column], names: list[str]) -> list[Refusal]:
    twice = [
        Refusal(1, name, "stands twice in the header")
        for name, times in sorted(Counter(names).items())
        if name and times > 1
    ]
    missing = [column.name for column in columns if column.default is REQUIRED and column.name not in names]
    hint = ""
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        hint = "; the columns must be divided by commas"
    return twice + [Refusal(1, name, "is missing from the header" + hint) for name in missing]


class _Remembered(dict[str, object]):
    """Cells seen before and their values: looking one up is one step of C."""

    def __init__(self, parse: Parse):
        super().__init__()
        self._parse = parse

    def __missing__(self, cell: str) -> object:
        value = self._parse(cell)
        if len(self) < REMEMBERED:
            self[cell] = value
        return value


def _parser(column: Column, context: Context) -> Parse:
    parse, default = column.parse(context), column.default

    def parse_cell(cell: str) -> object:
        cell = cell.strip()
        if not cell:
            if default is REQUIRED:
                raise Refused("is empty")
            return default(context) if callable(default) else default
        if not cell.isascii() or not cell.isprintable():
            _check_characters(cell, context.source.encoding)
        return parse(cell)

    return parse_cell if column.distinct else _Remembered(parse_cell).__getitem__


def _check_characters(cell: str, encoding: str) -> None:
    if "\0" in cell:
        raise Refused("has a NUL byte in it")
    for character in cell:
        if "\udc80" <= character <= "\udcff":
            raise Refused(
                f"{quoted(cell)} has the byte 0x{ord(character) - 0xDC00:02x}, which is not in the declared encoding;"
                " if Excel saved this file as plain CSV, say --encoding cp1252"
            )
    if encoding == "cp1252" and _was_utf_8(cell):
        raise Refused(f"{quoted(cell)} is UTF-8 read as cp1252; leave --encoding cp1252 out")


def _was_utf_8(cell: str) -> bool:
    """Café in UTF-8 read as cp1252 is CafÃ©: no text of its own has such pairs."""
    try:
        return not cell.isascii() and cell.encode("cp1252").decode("utf-8") != cell
    except UnicodeError:
        return False
