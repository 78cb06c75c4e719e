"""Sample: the header and the first rows of a file, for whoever says which column is which."""

import csv
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from store.importing.columns import MOST_COLUMNS
from store.importing.source import DELIMITERS, Delimiter, SourceFormat
from store.importing.text_file import NotText, opened_rows

ROWS = 5
LONGEST_CELL = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """What a file looks like; `delimiter` is the declared one, or the one that divides its header best."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: Delimiter


def look(file: Path, written: SourceFormat, rows: int = ROWS) -> Sample | NotText:
    """The first rows of a file as its source writes them; `NotText` is given, not raised."""
    with file.open("rb") as binary:
        try:
            delimiter = _delimiter(binary, written)
            found = _first(binary, replace(written, delimiter=delimiter), rows + 1)
        except NotText as wrong:
            return wrong
        except csv.Error as error:
            return NotText(f"the file is not CSV: {error}")
    if not found:
        return NotText("the file is empty")
    if len(found[0]) > MOST_COLUMNS:
        return NotText(f"the file has {len(found[0]):,} columns; at most {MOST_COLUMNS} are read")
    return Sample(found[0], tuple(found[1:]), delimiter)


def _delimiter(binary: BinaryIO, written: SourceFormat) -> Delimiter:
    """Another than the declared one where that leaves the header one single cell."""
    widths = {
        delimiter: max(map(len, _first(binary, replace(written, delimiter=delimiter), 1)), default=0)
        for delimiter in (written.delimiter, *DELIMITERS.values())
    }
    return written.delimiter if widths[written.delimiter] > 1 else max(widths, key=lambda each: widths[each])


def _first(binary: BinaryIO, written: SourceFormat, count: int) -> list[tuple[str, ...]]:
    binary.seek(0)
    with opened_rows(binary, written) as rows:
        return [tuple(cell[:LONGEST_CELL] for cell in cells) for cells in islice(rows, count)]
