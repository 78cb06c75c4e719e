"""Open files run out: the house does not spin, says so in few lines, and goes on by itself once there are some."""

import asyncio
import os
import resource
from pathlib import Path

from bench import _process_tree
from tests.e2e.house import House, furnished
from tests.e2e.serving import Serve
from tests.peers.pebble import Pebble

KNOWN, NEW = "billing.harbour.test", "shop.harbour.test"
CROWD = 60
LEFT = 12
"""Files that the house may open beside those that it has."""
WATCHED_SECONDS = 3.0
MOST_CPU_SECONDS = 1.0
"""Of so many: a loop that spins takes all of them."""
MOST_LINES = 30


async def test_a_house_without_files_serves_again_once_it_has_some(tmp_path: Path, pebble: Pebble) -> None:
    async with furnished(tmp_path, pebble) as running:
        for name in (KNOWN, NEW):
            await running.register(name, awaited=False)
        process = Serve(running.config, tmp_path / "serve.log")
        try:
            assert await running.alert(KNOWN) == ""
            [worker] = children(process.pid)
            before = files(worker)
            most = resource.prlimit(worker, resource.RLIMIT_NOFILE)
            resource.prlimit(worker, resource.RLIMIT_NOFILE, (before + LEFT, most[1]))
            lines, crowd = len(process.messages()), await arrived(running)
            assert await running.alert(NEW) != ""
            spent = _process_tree.cpu_seconds(worker)
            await asyncio.sleep(WATCHED_SECONDS)
            assert _process_tree.cpu_seconds(worker) - spent < MOST_CPU_SECONDS, "it spins"
            assert len(process.messages()) - lines < MOST_LINES
            await asyncio.to_thread(process.wait_for, "open files run out")
            for writer in crowd:
                writer.transport.abort()
            async with asyncio.timeout(10):
                while await running.alert(KNOWN):
                    await asyncio.sleep(0.1)
            resource.prlimit(worker, resource.RLIMIT_NOFILE, most)
            async with asyncio.timeout(30):
                while await running.alert(NEW):
                    await asyncio.sleep(0.2)
            assert children(process.pid) == [worker], "it had to be replaced"
            async with asyncio.timeout(10):
                while files(worker) > before + 4:  # of the CA's connection and the like
                    await asyncio.sleep(0.1)
        finally:
            process.kill()


async def arrived(running: House) -> list[asyncio.StreamWriter]:
    """More visitors than there are files, who say nothing."""
    found = await asyncio.gather(
        *(asyncio.open_connection("127.0.0.1", running.https_port) for _ in range(CROWD)),
        return_exceptions=True,
    )
    return [each[1] for each in found if not isinstance(each, BaseException)]


def files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def children(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
