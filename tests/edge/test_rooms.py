"""The check that the wizard and the jobs make: what it keeps, and that the certificate goes by it."""

import asyncio
import sqlite3
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from edge import house as houses
from edge import settings, watching
from edge.house import House
from edge.main import system_clock
from edge.settings import Faults
from edge.tls.gate import Denied
from store import domain_history, domains, organisations
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Routing
from store.dns_answers import View
from store.hostname import Hostname
from tests.e2e.house import write_config
from tests.edge.dns import tree as trees
from tests.edge.dns.tree import NS, TARGET, Tree

CHANGING, ARRIVING = Hostname("shop.changing.test"), Hostname("shop.arriving.test")
LAME = Hostname("shop.lame.test")


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    with trees.tree() as running:
        yield running


@pytest.fixture
async def house(tmp_path: Path, tree: Tree) -> AsyncIterator[House]:
    """With an organisation and its names; its resolver is one that remembers."""
    dns = {"resolvers": [tree.validating], "root_hints": [tree.hint], "private_servers": True}
    config = tmp_path / "brassplate.toml"
    write_config(config, None, dns=dns, edge={"cname_target": TARGET, "addresses": ["192.0.2.1"]})
    found = settings.load(config, {})
    assert not isinstance(found, Faults)
    async with AsyncExitStack() as stack:
        built = await houses.build(found, asyncio.Event(), system_clock, stack)
        await built.store.write(organisations.add, "acme", "Acme", system_clock())
        for name in (CHANGING, ARRIVING, LAME):
            wanted = Destination(name, Room.PORTAL, 1, False, (), Confirmation.CNAME, Hostname(TARGET))
            await built.store.write(domains.add, wanted, system_clock())
        await built.snapshot.refresh()
        yield built


async def test_mended_record_gets_its_certificate_while_our_resolver_still_remembers(
    house: House, tree: Tree
) -> None:
    assert (await watching.check(house, CHANGING)).code == "cname_elsewhere"
    denied = await house.certificates.context_for(CHANGING)
    assert isinstance(denied, Denied) and denied.why == "dns:cname_elsewhere"
    tree.first.replace("changing.test", NS + f"shop CNAME {TARGET}.\n")
    found = await watching.check(house, CHANGING)
    assert (found.code, found.routing) == ("cached", Routing.OK)
    assert isinstance(await house.certificates.context_for(CHANGING, "wizard"), ssl.SSLContext)


async def test_check_keeps_what_was_found_and_all_that_was_seen(house: House) -> None:
    found = await watching.check(house, LAME)
    domain = await house.store.read(domains.by_hostname, LAME)
    assert domain and (domain.diagnosis, domain.routing) == (found, Routing.PENDING)
    survey = await house.store.read(domain_history.last_survey, LAME)
    assert survey is not None
    refused = [answer.outcome.value for answer in survey.answers if answer.view is View.ZONE]
    assert refused and set(refused) == {"REFUSED"}


async def test_live_name_that_leaves_is_told_apart_and_comes_back(house: House, tree: Tree) -> None:
    tree.first.replace("arriving.test", NS + f"shop 1 CNAME {TARGET}.\n")
    assert (await watching.check(house, ARRIVING)).routing is Routing.OK
    assert isinstance(await house.certificates.context_for(ARRIVING), ssl.SSLContext)
    await house.store.write(domains.set_live, ARRIVING, system_clock())
    tree.first.replace("arriving.test", NS)
    await asyncio.sleep(2.1)  # for as long as the resolver remembers it, not all agree
    assert [(await watching.check(house, ARRIVING)).code for _ in range(3)] == ["no_record"] * 3
    domain = await house.store.read(domains.by_hostname, ARRIVING)
    assert domain and domain.routing is Routing.OK
    await house.store.write(_half_an_hour_ago)
    found = await watching.check(house, ARRIVING)
    assert (found.code, found.routing) == ("moved", Routing.MOVED)
    assert found.seen.startswith("Since ") and "Its certificate lasts until " in found.seen
    tree.first.replace("arriving.test", NS + f"shop CNAME {TARGET}.\n")
    assert (await watching.check(house, ARRIVING)).routing is Routing.OK
    history = await house.store.read(domain_history.of, ARRIVING, system_clock())
    assert (history.wrong_since, history.moved_at) == (None, None)


def _half_an_hour_ago(db: sqlite3.Connection) -> None:
    """Two looks have said it; the first of them half an hour ago."""
    db.execute(
        "UPDATE watches SET suspicions = 2, suspected_since = suspected_since - 1800000,"
        " suspected_at = suspected_at - 600000"
    )


async def test_name_that_is_not_registered_is_not_looked_at(house: House) -> None:
    with pytest.raises(LookupError, match=r"free\.test is not registered"):
        await watching.check(house, Hostname("free.test"))
