"""Masking: whether a text holds more of an account's number than may be kept, and what is kept of such a text."""

import re
from collections.abc import Collection, Sequence
from datetime import date

MASK = "••••"
_NUMBER = re.compile(r"(?:[0-9][ .\-]?){5,}", re.ASCII)
"""More than four digits, with or without what divides them."""
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\Z", re.ASCII)


def holds_account_number(cell: str) -> bool:
    """Whether more than four digits stand in a row; a day of the calendar is none."""
    return bool(_NUMBER.search(cell)) and not _is_day(cell)


def is_iban(cell: str) -> bool:
    """Whether this is the number of a bank account by its own check digits (ISO 13616)."""
    squeezed = cell.replace(" ", "").upper()
    if not _IBAN.match(squeezed):
        return False
    turned = squeezed[4:] + squeezed[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def masked(cells: Sequence[str], clear: Collection[int]) -> list[str]:
    """A row as it may be kept: only at the `clear` places may long numbers stand."""
    return [
        MASK if is_iban(cell) or (place not in clear and holds_account_number(cell)) else cell
        for place, cell in enumerate(cells)
    ]


def _is_day(cell: str) -> bool:
    try:
        return date.fromisoformat(cell.strip()).isoformat() == cell.strip()
    except ValueError:
        return False
