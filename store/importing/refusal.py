"""Refusal: why a row is not taken, in words for whoever made the file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One fault: the row as a spreadsheet counts it (the header is 1; 0: the file as a whole), the column."""

    row: int
    column: str
    reason: str


class Refused(ValueError):
    """Raised by a parser or a row check; `column` is filled in by whoever knows it."""

    def __init__(self, reason: str, column: str = ""):
        super().__init__(reason)
        self.reason = reason
        self.column = column


def quoted(text: str) -> str:
    """A cell's text as a message shows it: short, and on one line."""
    shown = text if len(text) <= 40 else text[:37] + "…"
    return f"“{shown.encode('utf-8', 'replace').decode()}”" if shown.isprintable() else repr(shown)
