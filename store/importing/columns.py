"""Columns: a header, a mapping and a kind's columns become one parser a cell, fast for what repeats."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from store.importing.cells import Parse
from store.importing.mapping import BY_NAME, Mapping, header_name
from store.importing.references import References
from store.importing.refusal import Refusal, Refused, quoted
from store.importing.source import SourceFormat

REQUIRED = object()
REMEMBERED = 100_000
"""So many distinct cells of a column are parsed once only."""
MOST_COLUMNS = 500
_FORMULA = re.compile(r"=|[+\-@][A-Za-z][\w.]*\(|[+\-@].*\|.*!")
"""What a spreadsheet would compute, or run: =1+1, @SUM(A1), +cmd|'/C calc'!A0."""
_TEXT_FORMULA = re.compile(r'="([^"]*)"\Z')
"""="0123": how some programs keep Excel from dropping zeros."""


@dataclass(frozen=True, slots=True)
class Context:
    """What parsers may need: the declared format, the store's references, the organisation's currency."""

    source: SourceFormat
    references: References
    currency: str
    mapping: Mapping = BY_NAME
    calls_kept_from: int = 0
    """Seconds since 1970: calls that started before are past their retention, and what they came to is kept."""


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
    """How one file's rows are read: extend by the extras, pick, parse."""

    width: int
    names: tuple[str, ...]
    shown: tuple[str, ...]
    """The names as the file's own header has them."""
    extras: tuple[str, ...]
    """An empty cell for columns that the file lacks, then the constants."""
    pick: Callable[[Sequence[str]], Sequence[str]]
    parsers: tuple[Parse, ...]
    unknown: tuple[str, ...]

    def faults(self, row: int, cells: Sequence[str]) -> list[Refusal]:
        """Every cell of a row that is refused, for a row of which one is."""
        found = []
        for name, parse, cell in zip(self.shown, self.parsers, self.pick(cells), strict=True):
            try:
                parse(cell)
            except Refused as refused:
                found.append(Refusal(row, name, refused.reason))
        return found

    def theirs(self, name: str) -> str:
        """One of our columns by the file's own name."""
        return self.shown[self.names.index(name)] if name in self.names else name

    def value(self, name: str, cells: Sequence[str]) -> object:
        """What a row says in one of our columns; None if that is refused."""
        place = self.names.index(name)
        try:
            return self.parsers[place](self.pick(cells)[place])
        except Refused:
            return None


def layout(columns: Sequence[Column], header: Sequence[str], context: Context) -> Layout | list[Refusal]:
    """The layout of a file with this header, or what is wrong with the header."""
    if len(header) > MOST_COLUMNS:
        return [Refusal(1, "", f"has {len(header):,} columns; at most {MOST_COLUMNS} are read")]
    names = [header_name(name) for name in header]
    found = _Found(columns, names, context.mapping)
    if found.faults:
        return found.faults
    return Layout(
        width=len(names),
        names=tuple(column.name for column in columns),
        shown=tuple(context.mapping.columns.get(column.name, column.name) for column in columns),
        extras=("", *context.mapping.constants.values()),
        pick=itemgetter(*(found.places[column.name] for column in columns)),
        parsers=tuple(_parser(column, context) for column in columns),
        unknown=found.unknown,
    )


class _Found:
    """Where a header has each of our columns, and what is wrong with it."""

    def __init__(self, columns: Sequence[Column], names: list[str], mapping: Mapping):
        self._names = names
        self._mapping = mapping
        self._ignored = {header_name(name) for name in mapping.ignored}
        self._mapped = {header_name(theirs) for theirs in mapping.columns.values()}
        self.places = {column.name: self._place(column.name) for column in columns}
        self.faults = [*self._twice(), *self._missing(columns), *self._unknown_to_us(columns)]
        used = {names[place] for place in self.places.values() if place < len(names)}
        self.unknown = tuple(name for name in names if name and name not in used | self._ignored)

    def _place(self, ours: str) -> int:
        """The column's place among a row's cells and the extras after them."""
        if ours in self._mapping.constants:
            return len(self._names) + 1 + list(self._mapping.constants).index(ours)
        theirs = header_name(self._mapping.columns.get(ours, ours))
        by_name = ours not in self._mapping.columns
        if theirs not in self._names or (by_name and theirs in self._mapped | self._ignored):
            return len(self._names)
        return self._names.index(theirs)

    def _twice(self) -> list[Refusal]:
        return [
            Refusal(1, name, "stands twice in the header")
            for name, times in sorted(Counter(self._names).items())
            if name and times > 1 and name not in self._ignored
        ]

    def _missing(self, columns: Sequence[Column]) -> list[Refusal]:
        names, hint = self._names, ""
        if len(names) == 1 and any(mark in names[0] for mark in ",;\t|"):
            hint = "; the columns must be divided by commas, or their delimiter declared"
        return [
            Refusal(
                1, self._mapping.columns.get(column.name, column.name), "is missing from the header" + hint
            )
            for column in columns
            if self.places[column.name] == len(names)
            and (column.default is REQUIRED or column.name in self._mapping.columns)
        ]

    def _unknown_to_us(self, columns: Sequence[Column]) -> list[Refusal]:
        known = {column.name for column in columns}
        said = (*self._mapping.columns, *self._mapping.constants)
        return [Refusal(1, name, "is no column of this kind of file") for name in said if name not in known]


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
        if cell[0] in "=+-@'":
            cell = _without_formula(cell, context.source.numbers)
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


def _without_formula(cell: str, numbers: str) -> str:
    """A cell is data, never something to compute; an apostrophe that kept a spreadsheet from doing so goes."""
    if cell[0] == "'":
        return cell[1:] if cell[1:2] in ("=", "+", "-", "@") else cell
    if numbers == "excel" and (kept := _TEXT_FORMULA.match(cell)):
        return kept[1]
    if _FORMULA.match(cell):
        raise Refused(f"{quoted(cell)} is a spreadsheet's formula; save its values, not the formulas")
    return cell
