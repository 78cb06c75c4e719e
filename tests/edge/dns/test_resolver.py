"""Against Debian's knot, a real authoritative server."""

import socket
from collections.abc import Iterator

import pytest

from edge.dns.resolver import MAX_CHAIN, Resolver
from store.diagnosis import Asked, Evidence
from store.hostname import Hostname
from tests.peers.knot import Knot

LOOPS = ("asyncio", "uvloop")
TARGET = "edge.platform.test"
CUSTOMER = """\
shop CNAME www
www CNAME edge.platform.test.
loop CNAME pool
pool CNAME loop
itself CNAME itself
both A 192.0.2.7
both A 192.0.2.8
both AAAA 2001:db8:0::7
text TXT "nothing else"
_brassplate TXT "brassplate-sender=AbC" " and more"
_brassplate TXT "Gr\\195\\188\\195\\159e"
dangling CNAME nowhere
xn--bcher-kva CNAME edge.platform.test.
brief 30 CNAME www
UPPER CNAME EDGE.Platform.Test.
""" + "".join(f"hop{n} CNAME hop{n + 1}\n" for n in range(12))  # fmt: skip


@pytest.fixture(scope="module")
def knot() -> Iterator[Knot]:
    zones = {
        "customer.test": CUSTOMER,
        "platform.test": "edge A 192.0.2.1\nedge AAAA 2001:db8::1\n",
        "broken.test": None,
    }
    with Knot(zones) as running:
        yield running


async def look(knot: Knot, name: str, target: str | None = TARGET) -> Evidence:
    return await Resolver((knot.address,)).look(Hostname(name), target)


async def test_chain_is_followed_to_the_target_and_no_further(knot: Knot) -> None:
    found = await look(knot, "shop.customer.test")
    assert found == Evidence(
        Hostname("shop.customer.test"), Asked.ANSWERED, ("www.customer.test", TARGET), ttl=300
    )


async def test_chain_without_a_target_ends_with_its_addresses(knot: Knot) -> None:
    found = await look(knot, "shop.customer.test", None)
    assert found.chain == ("www.customer.test", TARGET)
    assert found.addresses == ("192.0.2.1", "2001:db8::1")


async def test_shortest_ttl_counts(knot: Knot) -> None:
    assert (await look(knot, "brief.customer.test")).ttl == 30


async def test_case_of_a_target_does_not_matter(knot: Knot) -> None:
    assert (await look(knot, "upper.customer.test")).chain == (TARGET,)


async def test_international_name_is_asked_by_its_a_labels(knot: Knot) -> None:
    assert (await look(knot, "xn--bcher-kva.customer.test")).chain == (TARGET,)


@pytest.mark.parametrize(
    ("name", "chain"),
    [
        ("loop.customer.test", ("pool.customer.test", "loop.customer.test")),
        ("itself.customer.test", ("itself.customer.test",)),
    ],
)
async def test_loop_ends_where_it_closes(knot: Knot, name: str, chain: tuple[str, ...]) -> None:
    found = await look(knot, name)
    assert (found.asked, found.chain, found.addresses) == (Asked.ANSWERED, chain, ())


async def test_endless_chain_is_given_up(knot: Knot) -> None:
    assert len((await look(knot, "hop0.customer.test")).chain) == MAX_CHAIN + 1


async def test_both_families_of_addresses_are_found(knot: Knot) -> None:
    found = await look(knot, "both.customer.test")
    assert set(found.addresses) == {"192.0.2.7", "192.0.2.8", "2001:db8::7"}
    assert found.chain == ()


async def test_name_that_does_not_exist(knot: Knot) -> None:
    assert (await look(knot, "nowhere.customer.test")).asked is Asked.NXDOMAIN


async def test_name_without_address_records(knot: Knot) -> None:
    found = await look(knot, "text.customer.test")
    assert (found.asked, found.chain, found.addresses) == (Asked.ANSWERED, (), ())


async def test_chain_to_nowhere_is_still_a_chain(knot: Knot) -> None:
    found = await look(knot, "dangling.customer.test")
    assert (found.asked, found.chain, found.addresses) == (Asked.ANSWERED, ("nowhere.customer.test",), ())


@pytest.mark.parametrize(("name", "word"), [("shop.broken.test", "SERVFAIL"), ("shop.other.test", "REFUSED")])
async def test_refusal_of_the_server_is_no_answer(knot: Knot, name: str, word: str) -> None:
    found = await look(knot, name)
    assert found.asked is Asked.FAILED
    assert word in found.failure


async def test_silence_is_no_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = Resolver((f"127.0.0.1:{silent.getsockname()[1]}",), lifetime_seconds=0.2)
        found = await resolver.look(Hostname("shop.customer.test"), TARGET)
        assert await resolver.addresses(TARGET) == ()
    assert found.asked is Asked.FAILED
    assert found.failure.startswith("CNAME shop.customer.test: ")


async def test_a_look_ends_in_time_however_long_its_questions_would_take() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = Resolver((f"127.0.0.1:{silent.getsockname()[1]}",), look_seconds=0.2)
        found = await resolver.look(Hostname("shop.customer.test"), TARGET)
    assert found.asked is Asked.FAILED
    assert found.failure == "shop.customer.test: its name servers took longer than 0.2 seconds in all"


async def test_second_server_is_asked_when_the_first_does_not_answer(knot: Knot) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        servers = (f"127.0.0.1:{silent.getsockname()[1]}", knot.address)
        found = await Resolver(servers, try_seconds=0.1).look(Hostname("shop.customer.test"), TARGET)
    assert found.chain[-1] == TARGET


async def test_addresses_of_a_name_are_those_behind_its_cname(knot: Knot) -> None:
    found = await Resolver((knot.address,)).addresses("both.customer.test")
    assert set(found) == {"192.0.2.7", "192.0.2.8", "2001:db8::7"}


async def test_texts_are_given_as_they_are_written(knot: Knot) -> None:
    found = await Resolver((knot.address,)).texts("_brassplate.customer.test")
    assert found is not None and sorted(found) == ["Grüße", "brassplate-sender=AbC and more"]


@pytest.mark.parametrize("name", ["nothing.customer.test", "both.customer.test"])
async def test_name_without_texts_has_none(knot: Knot, name: str) -> None:
    assert await Resolver((knot.address,)).texts(name) == ()


async def test_texts_that_nobody_answers_for_are_unknown(knot: Knot) -> None:
    assert await Resolver((knot.address,)).texts("x.broken.test") is None
    quick = Resolver(("127.0.0.1:1",), lifetime_seconds=0.3, try_seconds=0.1)
    assert await quick.texts("x.customer.test") is None
    assert await quick.texts("a" * 64 + ".test") is None


async def test_each_question_is_timed_and_told_whether_it_was_answered(knot: Knot) -> None:
    told: list[tuple[bool, float]] = []
    resolver = Resolver((knot.address,), took=lambda answered, seconds: told.append((answered, seconds)))
    await resolver.look(Hostname("shop.customer.test"), TARGET)
    await resolver.texts("nobody.customer.test")
    assert [answered for answered, _ in told] == [True, True, True]
    assert all(0 < seconds < 5 for _, seconds in told)
    silent = Resolver(
        ("127.0.0.1:1",), lifetime_seconds=0.2, try_seconds=0.1, took=lambda *one: told.append(one)
    )
    await silent.texts("shop.customer.test")
    assert told[-1][0] is False
