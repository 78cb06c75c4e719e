"""Made: a PDF as it came from the press; whoever handles one need not load what makes it."""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Pdf:
    """A made file."""

    content: bytes
    pages: int

    @property
    def sha256(self) -> bytes:
        return sha256(self.content).digest()
