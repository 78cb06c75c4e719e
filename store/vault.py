"""Vault: secrets at rest, sealed with AES-256-GCM under a master key that lives in a file of its own.

What a secret belongs to (its associated data) is part of the seal: a row moved to another name or serial does
not open.

While a master key is being replaced (`store.key_rotation`) a key stands beside it, and one after it: what is sealed
is sealed with the newest, what is opened may be under any of them. The files are read again when they change or a
seal does not open, so that a process goes on over a rotation.
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


def next_file(path: Path) -> Path:
    """Where the key that is to replace a master key stands meanwhile."""
    return path.with_name(f"{path.name}.next")


def previous_file(path: Path) -> Path:
    """Where the key that was replaced is kept."""
    return path.with_name(f"{path.name}.previous")


class Vault:
    """Seals with one master key, and opens what it or its neighbours in a rotation sealed."""

    def __init__(self, *keys: bytes):
        self._ciphers = {key: AESGCM(key) for key in keys}  # the one that seals first
        self._file: Path | None = None
        self._stamp: list[tuple[int, int] | None] = []

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The vault of a master key file of mode 0600; `MasterKeyUnusable`."""
        stamp = _stamp(path)
        vault = cls(*_keys(path))
        vault._file, vault._stamp = path, stamp
        return vault

    def seal(self, secret: bytes, *belongs_to: str) -> bytes:
        """Nonce and ciphertext; only `open` with the same `belongs_to` gives the secret back."""
        if self._file and _stamp(self._file) != self._stamp:
            self._read_again(self._file)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = next(iter(self._ciphers.values()))
        return nonce + cipher.encrypt(nonce, secret, _associated(belongs_to))

    def open(self, sealed: bytes, *belongs_to: str) -> bytes:
        """The secret; `SealBroken`."""
        secret = self._opened(sealed, belongs_to)
        if secret is None and self._file:
            self._read_again(self._file)
            secret = self._opened(sealed, belongs_to)
        if secret is None:
            raise SealBroken(f"a secret of {' '.join(belongs_to)} does not open")
        return secret

    def resealed(self, sealed: bytes, *belongs_to: str) -> bytes | None:
        """The same secret under the key that seals now; None: it is under it. `SealBroken`."""
        newest = next(iter(self._ciphers.values()))
        if _decrypted(newest, sealed, belongs_to) is not None:
            return None
        return self.seal(self.open(sealed, *belongs_to), *belongs_to)

    def _opened(self, sealed: bytes, belongs_to: tuple[str, ...]) -> bytes | None:
        tried = (_decrypted(cipher, sealed, belongs_to) for cipher in self._ciphers.values())
        return next((secret for secret in tried if secret is not None), None)

    def _read_again(self, path: Path) -> None:
        """Take over keys that came; those known stay, and files that cannot be read change nothing."""
        stamp = _stamp(path)
        try:
            fresh = _keys(path)
        except MasterKeyUnusable:
            return
        ciphers = {key: AESGCM(key) for key in fresh}
        self._ciphers, self._stamp = (
            ciphers | {k: c for k, c in self._ciphers.items() if k not in ciphers},
            stamp,
        )


def write_new_key(path: Path, key: str = "") -> None:
    """Make a master key file of mode 0600, of a new key or of one in hex; FileExistsError where there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write((key or secrets.token_hex(KEY_BYTES)) + "\n")
        file.flush()
        os.fsync(descriptor)


def _keys(path: Path) -> list[bytes]:
    """The keys of a master key file and its neighbours, the one that seals first.

    The next one is read first: where it is gone since it took the master key's place, it is read there.
    """
    following = _key_if_there(next_file(path))
    keys = [following, _key(path), _key_if_there(previous_file(path))]
    return [key for key in keys if key is not None]


def _key_if_there(path: Path) -> bytes | None:
    try:
        return _key(path)
    except MasterKeyUnusable:
        if path.exists():
            raise
        return None


def _key(path: Path) -> bytes:
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
    return key


def _stamp(path: Path) -> list[tuple[int, int] | None]:
    """What tells that the key that seals may be another."""
    found: list[tuple[int, int] | None] = []
    for each in (next_file(path), path):
        try:
            status = each.stat()
            found.append((status.st_ino, status.st_mtime_ns))
        except OSError:
            found.append(None)
    return found


def _decrypted(cipher: AESGCM, sealed: bytes, belongs_to: tuple[str, ...]) -> bytes | None:
    try:
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _associated(belongs_to))
    except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
        return None


def _associated(belongs_to: tuple[str, ...]) -> bytes:
    return "\0".join(belongs_to).encode()
