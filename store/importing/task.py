"""Task: what is imported, for whom and how."""

from dataclasses import dataclass
from pathlib import Path

from store import attempts
from store.attempts import Asked
from store.importing.mapping import BY_NAME, Mapping
from store.importing.source import STRICT, SourceFormat


@dataclass(frozen=True, slots=True)
class Task:
    """What is imported, for whom, how, and whether customers see it at once."""

    kind: str
    file: Path
    organisation: str
    draft: bool = False
    source: SourceFormat = STRICT
    mapping: Mapping = BY_NAME
    source_name: str = ""
    """Of the saved source, whose ids are its own."""
    good_rows: bool = False
    """Import the good rows and keep the bad ones to be mended; else all rows or none."""
    dry_run: bool = False
    """Look only."""
    actor: str = "cli"
    attempt_id: int | None = None
    """The attempt that was asked for; none: one is written down."""
    file_name: str = ""
    """As people know the file, where it is not its name."""
    refused_file: Path | None = None
    """Where the refused rows are written too, as a CSV to be mended."""

    @property
    def shown_name(self) -> str:
        return self.file_name or self.file.name

    @property
    def asked(self) -> Asked:
        """What an attempt says of it."""
        mode: attempts.Mode = "dry_run" if self.dry_run else "good_rows" if self.good_rows else "all"
        return Asked(self.kind, self.shown_name, self.actor, self.source_name, mode, self.draft)
