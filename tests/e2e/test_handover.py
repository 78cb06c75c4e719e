"""Reloads, upgrades and deaths of the process that serves: no request fails, what is under way ends in its time."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.e2e.house import House, furnished, write_config
from tests.e2e.serving import Serve
from tests.e2e.size import FULL
from tests.peers.pebble import Pebble
from tests.peers.ports import free_port

PORTAL, SHOP = "billing.harbour.test", "shop.harbour.test"
ROOT = Path(__file__).parents[2]
ROOMS = ("edge", "portal", "admin", "store")
RELOADS, UPGRADES = (100, 20) if FULL else (2, 1)
LONGEST_SECONDS = 1800
PIECES, PIECE = 30, b"x" * 65_536
"""A download of three seconds."""
_LOOKUP = (
    'local look = wrk.lookup\nwrk.lookup = function(host, service) return look("127.0.0.1", service) end\n'
)


@contextlib.contextmanager
def served(running: House, folder: Path = ROOT) -> Iterator[Serve]:
    """`brassplate serve` from this folder's code."""
    process = Serve(running.config, running.config.with_name("serve.log"), folder)
    try:
        yield process
    finally:
        process.kill()


@contextlib.asynccontextmanager
async def upstream() -> AsyncIterator[str]:
    """A small page, a slow download, and an echo over a WebSocket."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="shop")

    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(PIECES * len(PIECE))})
        await response.prepare(request)
        for _ in range(PIECES):
            await response.write(PIECE)
            await asyncio.sleep(0.1)
        return response

    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/slow", slow), web.get("/echo", echo)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def house(folder: Path, pebble: Pebble, url: str, **keys: object) -> AsyncIterator[House]:
    async with furnished(folder, pebble, **keys) as running:  # type: ignore[arg-type]
        await running.register(PORTAL, awaited=False)
        await running.register(SHOP, upstream=url, awaited=False)
        yield running


@contextlib.contextmanager
def load(running: House, host: str, path: str) -> Iterator["subprocess.Popen[str]"]:
    """Wrk on kept connections until it is interrupted, which makes it tell what it saw."""
    script = running.config.with_name("wrk.lua")
    script.write_text(_LOOKUP)
    command = ["wrk", "-t1", "-c6", f"-d{LONGEST_SECONDS}s", "--timeout", "20s", "-s", str(script)]
    wrk = subprocess.Popen(
        [*command, f"https://{host}:{running.https_port}{path}"], stdout=subprocess.PIPE, text=True
    )
    with wrk:
        try:
            yield wrk
        finally:
            wrk.kill()


async def replaced(process: Serve, how: signal.Signals) -> None:
    """Start a successor, and wait until it counts."""
    before = process.messages().count("process serves")
    os.kill(process.pid, how)
    async with asyncio.timeout(60):
        while process.messages().count("process serves") == before:
            await asyncio.sleep(0.02)


@pytest.mark.proof
async def test_no_request_fails_through_reloads_and_upgrades(
    tmp_path: Path, pebble: Pebble, capsys: pytest.CaptureFixture[str]
) -> None:
    code = tmp_path / "code"
    for room in ROOMS:
        shutil.copytree(ROOT / room, code / room, ignore=shutil.ignore_patterns("__pycache__"))
    kinds = [signal.SIGHUP] * RELOADS + [signal.SIGUSR2] * UPGRADES
    async with upstream() as url, house(tmp_path, pebble, url) as running:
        with served(running, code) as process, contextlib.ExitStack() as stack:
            for name in (PORTAL, SHOP):
                assert (await running.visit(name))[0] in (200, 404)
            begun, visits, over = time.monotonic(), 0, asyncio.Event()
            loads = [
                stack.enter_context(load(running, PORTAL, "/sign-in")),
                stack.enter_context(load(running, SHOP, "/")),
            ]

            async def strangers() -> int:
                """New connections, one after the other, on both doors."""
                count = 0
                while not over.is_set():
                    assert (await running.visit(PORTAL))[0] == 200
                    assert (await running.plain(PORTAL, "/"))[0] == 308
                    count += 2
                return count

            coming = asyncio.create_task(strangers())
            for number, kind in enumerate(kinds):
                if kind is signal.SIGUSR2:
                    rewrite(code, f"There is nothing at this address, says version {number}.")
                await replaced(process, kind)
                await asyncio.sleep(0.3)
            assert f"version {len(kinds) - 1}." in (await running.plain("nobody.example"))[2]
            over.set()
            visits = await coming
            for one in loads:
                one.send_signal(signal.SIGINT)
            said = [await asyncio.to_thread(one.communicate) for one in loads]
    requests = 0
    for text, _ in said:
        found = re.search(r"(\d+) requests in", text)
        assert found and "Non-2xx" not in text and "Socket errors" not in text, text
        requests += int(found[1])
    with capsys.disabled():
        print(f"\n{RELOADS} reloads, {UPGRADES} upgrades in {time.monotonic() - begun:.0f} s:", end=" ")
        print(f"{requests} requests of wrk and {visits} new connections, none failed")


def rewrite(code: Path, words: str) -> None:
    """Another version of the program is installed."""
    file = code / "edge" / "plain_http.py"
    file.write_text(re.sub(r"There is nothing at this address[^\\]*", words, file.read_text()))


async def test_what_is_under_way_ends_in_its_time(tmp_path: Path, pebble: Pebble) -> None:
    async with upstream() as url, house(tmp_path, pebble, url) as running:
        with served(running) as process:
            connector = aiohttp.TCPConnector(ssl=running.trust, resolver=_Here())
            async with aiohttp.ClientSession(
                f"https://{SHOP}:{running.https_port}", connector=connector
            ) as visitor:
                async with visitor.get("/slow") as download, visitor.ws_connect("/echo") as tunnel:
                    await replaced(process, signal.SIGHUP)
                    await tunnel.send_str("still here?")
                    assert (await tunnel.receive_str(timeout=5)) == "still here?"
                    assert len(await download.read()) == PIECES * len(PIECE)
                    await tunnel.send_str("and now?")
                    assert (await tunnel.receive_str(timeout=5)) == "and now?"


async def test_a_tunnel_that_does_not_end_is_ended_at_the_limit(tmp_path: Path, pebble: Pebble) -> None:
    async with upstream() as url, house(tmp_path, pebble, url, edge={"drain_seconds": 1}) as running:
        with served(running) as process:
            connector = aiohttp.TCPConnector(ssl=running.trust, resolver=_Here())
            async with aiohttp.ClientSession(
                f"https://{SHOP}:{running.https_port}", connector=connector
            ) as visitor:
                async with visitor.ws_connect("/echo") as tunnel:
                    await replaced(process, signal.SIGHUP)
                    assert (await tunnel.receive(timeout=10)).type in (
                        aiohttp.WSMsgType.CLOSED,
                        aiohttp.WSMsgType.CLOSE,
                        aiohttp.WSMsgType.CLOSING,
                        aiohttp.WSMsgType.ERROR,
                    )


async def test_what_cannot_start_changes_nothing_and_says_why(tmp_path: Path, pebble: Pebble) -> None:
    async with upstream() as url, house(tmp_path, pebble, url) as running:
        with served(running) as process:
            right, key = running.config.read_text(), running.settings.master_key_file
            running.config.write_text(right + "\n[edge2]\nbogus = 1\n")
            os.kill(process.pid, signal.SIGHUP)
            await said(process, "edge2")
            running.config.write_text(right)
            key.rename(key.with_suffix(".away"))
            os.kill(process.pid, signal.SIGHUP)
            await said(process, "the new process ended (1)")
            key.with_suffix(".away").rename(key)
            assert process.messages().count("process serves") == 1
            assert (await running.visit(PORTAL))[0] == 200
            await replaced(process, signal.SIGHUP)
            assert (await running.visit(PORTAL))[0] == 200


async def test_a_version_that_breaks_the_schema_is_refused_while_another_serves(
    tmp_path: Path, pebble: Pebble
) -> None:
    code = tmp_path / "code"
    for room in ROOMS:
        shutil.copytree(ROOT / room, code / room, ignore=shutil.ignore_patterns("__pycache__"))
    number = 1 + max(int(file.name[:4]) for file in (code / "store" / "migrations").glob("*.sql"))
    async with upstream() as url, house(tmp_path, pebble, url) as running:
        with served(running, code) as process:
            step = code / "store" / "migrations" / f"{number:04}_next.sql"
            step.write_text("-- break: names are kept elsewhere\n-- Names.\nCREATE TABLE next (x) STRICT;\n")
            os.kill(process.pid, signal.SIGUSR2)
            await said(process, "the new process ended (1)")
            assert (
                f"schema {number}: names are kept elsewhere): stop it, then start" in process.log.read_text()
            )
            assert (await running.visit(PORTAL))[0] == 200
            step.write_text("-- expand\n-- Names.\nCREATE TABLE next (x INTEGER) STRICT;\n")
            await replaced(process, signal.SIGUSR2)
            assert (await running.visit(PORTAL))[0] == 200


async def said(process: Serve, words: str) -> None:
    async with asyncio.timeout(20):
        while not any(words in fields for fields in process.fields("not reloaded, all goes on as before")):
            await asyncio.sleep(0.02)


async def test_addresses_come_and_go_with_a_reload(tmp_path: Path, pebble: Pebble) -> None:
    async with upstream() as url, house(tmp_path, pebble, url) as running:
        with served(running) as process:
            further = free_port()
            both = {"http": [f"127.0.0.1:{pebble.http_port}", f"127.0.0.1:{further}"]}
            write_config(running.config, pebble, edge=both)
            await replaced(process, signal.SIGHUP)
            assert await answers(further)
            write_config(running.config, pebble)
            await replaced(process, signal.SIGHUP)
            async with asyncio.timeout(10):  # the one before drains
                while await answers(further):
                    await asyncio.sleep(0.05)
            assert (await running.visit(PORTAL))[0] == 200


async def answers(port: int) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/"):
            return True
    except aiohttp.ClientError:
        return False


async def test_a_process_that_dies_is_replaced_and_nobody_is_turned_away(
    tmp_path: Path, pebble: Pebble
) -> None:
    async with upstream() as url, house(tmp_path, pebble, url) as running:
        with served(running) as process:
            assert (await running.visit(PORTAL))[0] == 200
            [worker] = children(process.pid)
            os.kill(worker, signal.SIGKILL)
            assert (await running.visit(PORTAL))[0] == 200  # it waited in the queue of the socket
            assert children(process.pid) != [worker]
            assert len(process.fields("process died")) == 1


async def test_nobody_serves_without_a_supervisor(tmp_path: Path, pebble: Pebble) -> None:
    async with upstream() as url, house(tmp_path, pebble, url) as running:
        with served(running) as process:
            [worker] = children(process.pid)
            os.kill(process.pid, signal.SIGKILL)
            async with asyncio.timeout(5):
                while Path(f"/proc/{worker}").exists():
                    await asyncio.sleep(0.01)


async def test_a_stop_in_the_midst_of_a_reload_stops_all(tmp_path: Path, pebble: Pebble) -> None:
    async with upstream() as url, house(tmp_path, pebble, url) as running:
        with served(running) as process:
            os.kill(process.pid, signal.SIGHUP)
            await asyncio.sleep(0.1)
            assert await asyncio.to_thread(process.stop) == 0
            assert sqlite3.connect(running.settings.store_path).execute("PRAGMA integrity_check").fetchone()


def children(pid: int) -> list[int]:
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class _Here(aiohttp.abc.AbstractResolver):
    """Every name is here."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[aiohttp.abc.ResolveResult]:
        found = {"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 0, "flags": 0}
        return [aiohttp.abc.ResolveResult(**found)]  # type: ignore[typeddict-item]

    async def close(self) -> None:
        return None
