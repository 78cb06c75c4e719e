"""The press makes letters in a process of its own, which may die, stall or rest without harm."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from portal.invoices import pdf, press
from portal.invoices.press import NotPrinted, Press
from tests.portal.invoices.papers import LINE, PAPER, named, of_lines


@pytest.fixture
async def machine() -> AsyncIterator[Press]:
    opened = Press()
    yield opened
    await opened.close()


def process_of(machine: Press) -> asyncio.subprocess.Process:
    process = machine._process
    assert process
    return process


async def test_letter_is_the_same_as_one_made_here(machine: Press) -> None:
    assert await machine.printed(PAPER) == pdf.make(PAPER)


async def test_several_at_once_get_each_their_own(machine: Press) -> None:
    names = [f"Customer {number}" for number in range(4)]
    made = await asyncio.gather(*(machine.printed(named(name)) for name in names))
    assert [one.sha256 for one in made] == [pdf.make(named(name)).sha256 for name in names]


async def test_loop_goes_on_while_a_large_letter_is_made(machine: Press) -> None:
    await machine.printed(PAPER)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.001)
            turns += 1

    counting = asyncio.create_task(count())
    made = await machine.printed(of_lines(*[replace(LINE, cli="")] * 2000))
    counting.cancel()
    assert made.pages > 20 and turns > 20


async def test_letter_that_cannot_be_made_says_why_and_the_next_one_is(machine: Press) -> None:
    nothing: Any = None
    broken = replace(PAPER, lines=nothing)
    with pytest.raises(NotPrinted, match="TypeError"):
        await machine.printed(broken)
    assert (await machine.printed(PAPER)).pages == 1


async def test_process_that_dies_is_replaced(machine: Press) -> None:
    await machine.printed(PAPER)
    process_of(machine).kill()
    await process_of(machine).wait()
    with pytest.raises(NotPrinted, match="has ended"):
        await machine.printed(PAPER)
    assert (await machine.printed(PAPER)).pages == 1


async def test_who_gives_up_waiting_leaves_no_answer_for_the_next(machine: Press) -> None:
    await machine.printed(PAPER)
    task = asyncio.create_task(machine.printed(of_lines(*[LINE] * 2000)))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await machine.printed(PAPER)).pages == 1


async def test_process_that_stalls_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "SECONDS", 0.1)
    machine = Press(program=(sys.executable, "-c", "import time; time.sleep(60)"))
    with pytest.raises(NotPrinted, match="not made within"):
        await machine.printed(PAPER)
    assert machine._process is None


async def test_process_rests_when_there_is_nothing_to_do() -> None:
    machine = Press(idle_seconds=0.05)
    await machine.printed(PAPER)
    process = process_of(machine)
    async with asyncio.timeout(20):
        assert await process.wait() == 0
    assert (await machine.printed(PAPER)).pages == 1
    await machine.close()


async def test_process_ends_with_its_parent() -> None:
    """Its input ends then, whatever ended the parent."""
    machine = Press()
    await machine.printed(PAPER)
    process = process_of(machine)
    assert process.stdin
    process.stdin.close()
    async with asyncio.timeout(20):
        assert await process.wait() == 0


async def test_process_gets_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRASSPLATE_MAIL__SMTP", "smtps://user:secret@relay.example")
    machine = Press()
    await machine.printed(PAPER)
    with open(f"/proc/{process_of(machine).pid}/environ", "rb") as file:
        assert b"secret" not in file.read()
    assert "BRASSPLATE_MAIL__SMTP" in os.environ
    await machine.close()
