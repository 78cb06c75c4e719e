"""Recovery codes: ten, shown once, each good for one sign-in; kept as hashes."""

import hashlib
import secrets

from store.owner import Owner

CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""None that is taken for another."""
_GROUPS, _GROUP = 3, 4
LENGTH = _GROUPS * _GROUP


def new_codes() -> list[str]:
    """Ten fresh codes of 59 bit each, such as k7dp-3mxq-w2hf."""
    return ["-".join(_group() for _ in range(_GROUPS)) for _ in range(CODES)]


def canonical(text: str) -> str:
    """A code as typed, without what people put between."""
    return "".join(character for character in text.lower() if character.isalnum())


def looks_like_one(text: str) -> bool:
    """Whether a text could be a recovery code, rather than six digits of an app."""
    return len(canonical(text)) == LENGTH


def hash_of(owner: Owner, code: str) -> bytes:
    """What the store keeps of somebody's code."""
    return hashlib.sha256(f"{owner.organisation_id}\0{owner.actor}\0{canonical(code)}".encode()).digest()


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_GROUP))
