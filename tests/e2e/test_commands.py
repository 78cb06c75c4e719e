"""What an operator says in another process is what the running house does, within a second."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

from tests.e2e.house import TARGET, House, furnished, house, leave, request
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")
NAME = "billing.harbour.test"


async def test_a_name_is_served_from_its_adding_to_its_removal(tmp_path: Path, pebble: Pebble) -> None:
    pebble.set_cname(NAME, TARGET)
    async with house(tmp_path, pebble) as running:
        assert "UNRECOGNIZED_NAME" in await running.alert(NAME)
        added = await command(running, "domain", "add", NAME, "--organisation", "harbour", "--json")
        assert (added.returncode, said(added)["cname_target"]) == (0, TARGET)
        await running.until_routed(NAME)
        reader, writer = await running.connect(NAME)
        assert (await request(reader, writer, NAME, "/sign-in"))[0] == 200

        shown = said(await command(running, "domain", "show", NAME, "--json"))
        assert (shown["certificate"], shown["routing"], shown["diagnosis"]["code"]) == ("issued", "ok", "ok")
        assert [attempt["outcome"] for attempt in shown["attempts"]] == ["issued"]
        again = await command(running, "domain", "add", NAME, "--organisation", "harbour")
        assert (again.returncode, "has it already" in again.stderr) == (1, True)

        assert (await command(running, "domain", "remove", NAME)).returncode == 0
        await running.until_routed(NAME, gone=True)
        assert "UNRECOGNIZED_NAME" in await running.alert(NAME)
        assert (await request(reader, writer, NAME, "/sign-in"))[0] in (404, 421)
        await leave(writer)


async def test_check_judges_by_the_dns_whether_anybody_serves_or_not(tmp_path: Path, pebble: Pebble) -> None:
    pebble.set_cname("good.test", TARGET)
    pebble.set_cname("bad.test", "elsewhere.test")
    pebble.set_servfail("broken.test")
    async with furnished(tmp_path, pebble) as dark:
        unserved = await checks(dark)
    async with house(tmp_path, pebble) as running:
        served = await checks(running)
    assert served == unserved
    assert pebble.orders() == 0


async def checks(running: House) -> list[dict[str, Any]]:
    """What `domain check` says about a name that is right, one that is wrong, and one that cannot be asked."""
    found = []
    for host, code, exit_code, routing in (
        ("good.test", "ok", 0, "ok"),
        ("bad.test", "cname_elsewhere", 1, "wrong"),
        ("broken.test", "could_not_ask", 2, "pending"),
    ):
        checked = await command(running, "domain", "check", host, "--json")
        answer = said(checked)
        assert (checked.returncode, answer["routing"], answer["certificate"]) == (exit_code, routing, "none")
        assert answer["hostname"] == host
        assert answer["diagnosis"]["code"] == code
        words = ("code", "seen", "expected", "action", "actor")
        found.append({word: answer["diagnosis"][word] for word in words} | {"routing": answer["routing"]})
    return found


async def command(running: House, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(running.command, *arguments)


def said(completed: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    answer = json.loads(completed.stdout)
    assert isinstance(answer, dict)
    return answer
