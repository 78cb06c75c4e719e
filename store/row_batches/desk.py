"""Desk: where the items of one request are read, and what is refused of them is noted."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from store.importing.columns import Context, Layout, layout
from store.importing.kind import Kind
from store.importing.refusal import Refused
from store.importing.source import SourceFormat
from store.importing.writer import Writer
from store.row_batches.item import Fault, Given
from store.row_batches.part import Origin, Part

EXACT = SourceFormat(numbers="exact")
"""Programs write numbers as they are: nothing is guessed, nothing restored."""
MOST_FAULTS = 20
"""Of one item; whoever mends these sees the others."""
_HINT = re.compile(r";[^;]*\s--[a-z].*\Z", re.DOTALL)
"""What the command line could be told does not help here."""

Line = tuple[int, str, Given]
"""The number of an item, what stands before its fields, and its cells."""


@dataclass(slots=True)
class Desk:
    """The store, whose data it is, and the faults of each item so far."""

    writer: Writer
    organisation_id: int
    context: Context
    faults: dict[int, list[Fault]] = field(default_factory=dict)

    def refuse(self, item: int, name: str, reason: str) -> None:
        """Note a fault of an item."""
        found = self.faults.setdefault(item, [])
        if len(found) < MOST_FAULTS:
            found.append(Fault(name, _HINT.sub("", reason)))

    def read(
        self, kind: Kind, lines: Iterable[Line], context: Context | None = None, batch_kind: str = ""
    ) -> Part:
        """The rows of a kind, each checked as the row of a file is; two that share a key are both refused."""
        context = context or self.context
        header = [column.name for column in kind.columns]
        found = layout(kind.columns, header, context)
        assert isinstance(found, Layout), found
        build, pick, parsers = kind.build(context), found.pick, found.parsers
        part = Part(kind, context, batch_kind or kind.name)
        for item, prefix, given in lines:
            cells = [*(given.get(name, "") for name in header), *found.extras]
            try:
                row = build([parse(cell) for parse, cell in zip(parsers, pick(cells), strict=True)])
            except Refused as refused:
                self._refuse_row(item, prefix, found, cells, refused)
                continue
            part.rows.append((Origin(item, prefix), row))
        self._refuse_twice(part)
        return part

    def _refuse_row(
        self, item: int, prefix: str, found: Layout, cells: Sequence[str], refused: Refused
    ) -> None:
        if refused.column:
            self.refuse(item, prefix + refused.column, refused.reason)
            return
        for refusal in found.faults(0, cells):
            self.refuse(item, prefix + refusal.column, refusal.reason)

    def _refuse_twice(self, part: Part) -> None:
        first: dict[tuple[object, ...], Origin] = {}
        for origin, row in part.rows:
            key = part.values(row, *part.kind.key)
            other = first.setdefault(key, origin)
            if other is not origin:
                self.refuse(origin.item, origin.prefix + part.kind.key_name, _same_as(origin, other))
                self.refuse(other.item, other.prefix + part.kind.key_name, _same_as(other, origin))


def _same_as(origin: Origin, other: Origin) -> str:
    if origin.item == other.item:
        return f"is the same as in {other.prefix.removesuffix('.')}"
    return f"is the same as in row {other.item + 1}"
