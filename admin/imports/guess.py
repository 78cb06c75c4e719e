"""Guess: how a file seems to be written, as a proposal for the form; only what an admin sends counts. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace

from store.importing.sample import Sample
from store.importing.source import STRICT, Encoding, SourceFormat

_DAY_FIRST = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}\b")
_MARKED = re.compile(r"[(-]?[£$€]|[0-9],[0-9]{3}\b|\([0-9.]+\)\Z|[0-9]+\.[0-9]{2}-\Z")
_EXPONENT = re.compile(r"[0-9]\.[0-9]+E\+[0-9]+\Z")


def encoding(head: bytes) -> Encoding:
    """UTF-8 where the first bytes are; a character that is cut off at their end does not count against it."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return (
            "utf-8" if error.start > len(head) - 4 and error.reason == "unexpected end of data" else "cp1252"
        )
    return "utf-8"


def written(sample: Sample, base: SourceFormat = STRICT) -> SourceFormat:
    """The format that the first rows speak for."""
    cells = [cell.strip() for row in sample.rows for cell in row]
    return replace(
        base,
        delimiter=sample.delimiter,
        dates="dmy" if _any(_DAY_FIRST, cells) else base.dates,
        amounts="marked" if _any(_MARKED, cells) else base.amounts,
        numbers="excel" if _any(_EXPONENT, cells) else base.numbers,
    )


def _any(pattern: re.Pattern[str], cells: Iterable[str]) -> bool:
    return any(pattern.match(cell) for cell in cells)
