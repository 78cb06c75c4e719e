"""Vault: secrets at rest, sealed with AES-256-GCM under a master key that lives in a file of its own.

What a secret belongs to (its associated data) is part of the seal: a row moved to another name or serial does
not open.
"""

import os
import secrets
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class MasterKeyUnusable(Exception):
    """The master key file is missing, unreadable, open to others or not a key; the text says which."""


class SealBroken(Exception):
    """A sealed secret does not open: another master key, another owner, or changed bytes."""


class Vault:
    """Seals and opens secrets with one master key."""

    def __init__(self, key: bytes):
        self._cipher = AESGCM(key)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The vault of a master key file of mode 0600; `MasterKeyUnusable`."""
        try:
            mode = path.stat().st_mode & 0o777
            text = path.read_text("ascii").strip()
        except OSError as error:
            raise MasterKeyUnusable(f"master key {path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise MasterKeyUnusable(f"master key {path}: not a key file") from None
        if mode & 0o077:
            raise MasterKeyUnusable(f"master key {path}: mode {mode:o} lets others read it; chmod 600 it")
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise MasterKeyUnusable(f"master key {path}: not {KEY_BYTES} bytes in hex")
        return cls(key)

    def seal(self, secret: bytes, *belongs_to: str) -> bytes:
        """Nonce and ciphertext; only `open` with the same `belongs_to` gives the secret back."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, _associated(belongs_to))

    def open(self, sealed: bytes, *belongs_to: str) -> bytes:
        """The secret; `SealBroken`."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _associated(belongs_to))
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            raise SealBroken(f"a secret of {' '.join(belongs_to)} does not open") from None


def write_new_key(path: Path) -> None:
    """Make a master key file of mode 0600; FileExistsError where there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(descriptor)


def _associated(belongs_to: tuple[str, ...]) -> bytes:
    return "\0".join(belongs_to).encode()
