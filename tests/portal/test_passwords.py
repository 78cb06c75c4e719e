"""Argon2id in its own threads."""

import asyncio
import os
import threading
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from portal import passwords
from portal.passwords import MAX_WAITING, NICE, Passwords, TooBusy, Verdict, refusal, unmatched


@pytest.fixture
def quick() -> Iterator[Passwords]:
    made = Passwords(time_cost=1, memory_kib=8)
    yield made
    made.close()


async def test_right_password_is_right(quick: Passwords) -> None:
    stored = await quick.hash("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert await quick.verify(stored, "correct horse battery") == Verdict(True)
    assert await quick.verify(stored, "wrong horse battery") == Verdict(False)


async def test_nobody_has_a_password(quick: Passwords) -> None:
    for stored in (None, ""):
        assert await quick.verify(stored, "nobody has this password") == Verdict(False)


def test_nobodys_hash_is_compared_as_anybodys_is() -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=2)
    nobodys = unmatched(hasher)
    assert not hasher.check_needs_rehash(nobodys) and len(nobodys) == len(hasher.hash("x"))
    with pytest.raises(VerifyMismatchError):
        hasher.verify(nobodys, "nobody has this password")


async def test_broken_hash_is_wrong(quick: Passwords) -> None:
    assert await quick.verify("$argon2id$broken", "anything at all") == Verdict(False)


async def test_hash_is_made_anew_when_parameters_moved_on(quick: Passwords) -> None:
    stronger = Passwords(time_cost=2, memory_kib=16)
    verdict = await stronger.verify(await quick.hash("correct horse battery"), "correct horse battery")
    assert verdict.right and verdict.rehashed and "m=16,t=2" in verdict.rehashed
    stronger.close()


async def test_composed_and_decomposed_spelling_are_one(quick: Passwords) -> None:
    assert (await quick.verify(await quick.hash("cafe\u0301 au lait!"), "café au lait!")).right


async def test_too_many_at_once_are_refused(quick: Passwords) -> None:
    stored = await quick.hash("correct horse battery")
    results = await asyncio.gather(
        *(quick.verify(stored, "wrong") for _ in range(MAX_WAITING + 5)), return_exceptions=True
    )
    assert sum(isinstance(result, TooBusy) for result in results) == 5
    assert (await quick.verify(stored, "correct horse battery")).right


@pytest.mark.parametrize("length", [0, 11, 129])
def test_password_is_refused_when_too_short_or_long(length: int) -> None:
    assert refusal("x" * length)


@pytest.mark.parametrize("length", [12, 128])
def test_password_is_accepted_within_the_limits(length: int) -> None:
    assert refusal("x" * length) is None


def test_parameters_are_at_least_what_owasp_asks() -> None:
    assert passwords.MEMORY_KIB * passwords.TIME_COST >= 19 * 1024 * 2


async def test_threads_stand_back_behind_those_that_show_pages(quick: Passwords) -> None:
    def own() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    theirs = await asyncio.get_running_loop().run_in_executor(quick._pool, own)
    assert theirs == min(own() + NICE, 19)
