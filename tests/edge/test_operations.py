"""What the first-run page learns of our own zone, from a real name server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

from edge import house as houses
from edge import settings
from edge.main import system_clock
from edge.operations import operations
from edge.settings import Faults
from store.operations import OwnRecord, Verdict
from tests.e2e.house import write_config
from tests.peers.knot import Knot

TARGET = "customers.platform.test"
RIGHT = "@ SOA ns.other.test. hostmaster.platform.test. 1 3600 600 604800 60\n@ NS ns.other.test.\n"


async def looked(folder: Path, text: str | None, addresses: list[str]) -> AsyncIterator[OwnRecord]:
    with Knot({TARGET: text, "other.test": ""}) as knot:
        config = folder / "brassplate.toml"
        edge = {"cname_target": TARGET, "addresses": addresses}
        write_config(config, None, dns={"resolvers": [knot.address]}, edge=edge)
        found = settings.load(config, {})
        assert not isinstance(found, Faults)
        async with AsyncExitStack() as stack:
            house = await houses.build(found, asyncio.Event(), system_clock, stack)

            def unused(*_: object) -> None:
                raise AssertionError

            asked = operations(house, check=unused, complete=unused, follow=unused)  # type: ignore[arg-type]
            for record in await asked.own_zone():
                yield record


async def verdicts(folder: Path, text: str | None, addresses: list[str]) -> dict[tuple[str, str], Verdict]:
    return {(record.name, record.kind): record.verdict async for record in looked(folder, text, addresses)}


async def test_records_that_are_in_place_are_right(tmp_path: Path) -> None:
    text = RIGHT + "@ A 192.0.2.1\n@ AAAA 2001:db8::1\n* A 192.0.2.1\n* AAAA 2001:db8::1\n"
    assert await verdicts(tmp_path, text, ["192.0.2.1", "2001:db8::1"]) == {
        (name, kind): Verdict.RIGHT for name in (TARGET, f"*.{TARGET}") for kind in ("A", "AAAA")
    }


async def test_wildcard_that_was_forgotten_is_missing_and_an_old_address_wrong(tmp_path: Path) -> None:
    assert await verdicts(tmp_path, RIGHT + "@ A 192.0.2.99\n@ AAAA 2001:db8::1\n", ["192.0.2.1"]) == {
        (TARGET, "A"): Verdict.WRONG,
        (TARGET, "AAAA"): Verdict.WRONG,
        (f"*.{TARGET}", "A"): Verdict.MISSING,
    }


async def test_nothing_is_said_of_what_could_not_be_asked(tmp_path: Path) -> None:
    found = await verdicts(tmp_path, None, ["192.0.2.1"])
    assert found == {(TARGET, "A"): Verdict.UNKNOWN, (f"*.{TARGET}", "A"): Verdict.UNKNOWN}
