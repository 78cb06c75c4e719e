"""Contexts made ahead: nobody gets one twice, and there are some again."""

import asyncio
import ssl
import threading

from edge.tls.blanks import Blanks
from edge.tls.contexts import Contexts, blank_context
from tests.edge.tls.pump import NAME
from tests.fakes.self_signed import self_signed


async def until(blanks: Blanks, count: int) -> None:
    async with asyncio.timeout(10):
        while len(blanks) < count:
            await asyncio.sleep(0.01)


async def test_they_are_made_in_a_thread_and_each_is_taken_once() -> None:
    made: list[tuple[ssl.SSLContext, int]] = []

    def make() -> ssl.SSLContext:
        made.append((blank_context(), threading.get_ident()))
        return made[-1][0]

    blanks = Blanks(make, most=4)
    assert blanks.take() is None
    await until(blanks, 4)
    taken = []
    for _ in range(3):
        taken += [blanks.take() for _ in range(2)]
        await until(blanks, 2)
    assert None not in taken and len({id(each) for each in taken}) == 6
    assert threading.get_ident() not in {thread for _, thread in made}


async def test_a_certificate_is_put_into_one_without_a_thread() -> None:
    contexts, threads = Contexts(), 0
    assert contexts._blanks is not None
    await contexts.load(NAME, "1", *self_signed(NAME, serial=1))
    await until(contexts._blanks, 16)
    loop = asyncio.get_running_loop()
    before = loop.run_in_executor

    def counted(*arguments: object) -> object:
        nonlocal threads
        threads += 1
        return before(*arguments)  # type: ignore[arg-type]

    loop.run_in_executor = counted  # type: ignore[method-assign, assignment]
    try:
        context = await contexts.load(NAME, "2", *self_signed(NAME, serial=2))
    finally:
        del loop.run_in_executor
    assert threads == 0 and contexts.get(NAME) is context and contexts.serial(NAME) == "2"
