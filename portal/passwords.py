"""Passwords: Argon2id in a few threads of its own, so that sign-ins never take the event loop or the machine.

`verify` takes as long for a user who does not exist, or has no password, as for one who does.
"""

import asyncio
import os
import threading
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from secrets import token_bytes
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from portal.words import _

P = ParamSpec("P")
T = TypeVar("T")

MIN_LENGTH = 12
MAX_LENGTH = 128

TIME_COST = 3
MEMORY_KIB = 32 * 1024
PARALLELISM = 1
THREADS = 2
NICE = 10
"""By how much the threads stand back."""
MAX_WAITING = 64
"""Past this many at once the next are told to come back."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password was right; `rehashed` is to be stored when the parameters have moved on."""

    right: bool
    rehashed: str | None = None


class TooBusy(Exception):
    """More passwords wait to be hashed than we are willing to queue."""


class Passwords:
    """Hashes and verifies passwords in a bounded pool of threads."""

    def __init__(
        self, *, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB, parallelism: int = PARALLELISM
    ):
        self._hasher = PasswordHasher(time_cost, memory_kib, parallelism)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="password", initializer=_stand_back)
        self._waiting = 0
        self._nobody = unmatched(self._hasher)

    async def hash(self, password: str) -> str:
        """The text to store for a password."""
        return await self._run(self.hash_now, password)

    async def verify(self, stored: str | None, password: str) -> Verdict:
        """Whether `password` is the stored one; None, or none chosen yet: nobody's, and as slow."""
        return await self._run(self._verify, stored, password)

    def hash_now(self, password: str) -> str:
        """As `hash`, in the caller's thread."""
        return self._hasher.hash(_normal(password))

    def close(self) -> None:
        """Give the threads back."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _verify(self, stored: str | None, password: str) -> Verdict:
        try:
            self._hasher.verify(stored or self._nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return Verdict(False)
        if not stored:
            return Verdict(False)
        return Verdict(True, self.hash_now(password) if self._hasher.check_needs_rehash(stored) else None)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._waiting >= MAX_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._pool, partial(work, *args, **kwargs)
            )
        finally:
            self._waiting -= 1


def unmatched(hasher: PasswordHasher) -> str:
    """A hash of no password, as slow to compare with as any other: a PHC string whose digest is drawn, not made."""
    parameters = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(token_bytes(length)).rstrip(b"=").decode() for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${parameters}${salt}${digest}"


def refusal(password: str) -> str | None:
    """Why a new password cannot be used, in words; None: it can."""
    length = len(_normal(password))
    if length < MIN_LENGTH:
        return _(
            "Use at least %(num)d characters; a few words together make a good password.", num=MIN_LENGTH
        )
    if length > MAX_LENGTH:
        return _("Use at most %(num)d characters.", num=MAX_LENGTH)
    return None


def _stand_back() -> None:
    """Let the threads that show pages go first on a busy machine; Linux knows this of single threads."""
    with suppress(OSError):
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICE)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
