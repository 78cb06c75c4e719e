"""Mapping: which of a source's columns is which of ours; what is not said goes by its name."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mapping:
    """The columns of one source; without any, a file's columns have our names."""

    columns: Map[str, str] = field(default_factory=dict)
    """Our column -> the name in their header."""
    constants: Map[str, str] = field(default_factory=dict)
    """Our column -> what every row says of it."""
    ignored: tuple[str, ...] = ()
    """Their columns that are left out knowingly."""


BY_NAME = Mapping()


def header_name(cell: str) -> str:
    """A name of a header as names are compared: Account Reference and account_reference are one."""
    return cell.strip().lstrip("'").lower().replace(" ", "_")
