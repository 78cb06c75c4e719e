"""Refusal: what is wrong with a message, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status for who sent it, and the cause for the log: never with the bytes in it, which may be a secret."""

    status: int
    why: str
