"""What a thorough look asks, of whom, how often, and what it keeps."""

import asyncio
import socket
import time

import pytest

from edge.dns.inquiry import SEARCH_ENDS, SILENT, Limits
from edge.dns.reading import MAX_RECORDS
from edge.dns.sights import sights
from store.diagnosis import Asked
from store.dns_answers import Outcome, View, from_fields, to_fields
from tests.edge.dns.tree import AT, FIRST, HASTY, NOWHERE, SECOND, TARGET, Tree, survey_of

LOOPS = ("asyncio", "uvloop")
SHOP, MANY = "shop.customer.test", "many.customer.test"


async def test_zone_is_found_by_walking_from_the_root(tree: Tree) -> None:
    survey = survey_of(await tree.look(SHOP))
    assert (survey.zone, survey.nameservers) == (
        "customer.test",
        ("ns1.customer.test", "ns2.customer.test"),
    )
    walked = [answer for answer in survey.answers if answer.view is View.DELEGATION and answer.name == SHOP]
    assert [answer.server for answer in walked][:3] == [
        f"127.0.0.2:{tree.port}",
        f"ns.test (127.0.0.3:{tree.port})",
        f"ns1.customer.test (127.0.0.4:{tree.port})",
    ]
    assert [a.outcome for a in walked][:3] == [Outcome.REFERRAL, Outcome.REFERRAL, Outcome.RECORDS]


async def test_every_answer_is_kept_with_question_server_ttl_time_and_transport(tree: Tree) -> None:
    survey = survey_of(await tree.look(SHOP))
    own = {a.server: a for a in survey.answers if (a.view, a.name, a.kind) == (View.ZONE, SHOP, "A")}
    assert set(own) == {
        f"ns{number}.customer.test ({at}:{tree.port})" for number, at in ((1, FIRST), (2, SECOND))
    }
    for answer in own.values():
        [record] = answer.records
        assert (record.name, record.kind, record.value, record.ttl) == (SHOP, "CNAME", TARGET, 300)
        assert (answer.at, answer.transport, answer.outcome) == (AT, "udp", Outcome.RECORDS)
        assert 0 < answer.milliseconds < 1000
    assert from_fields(to_fields(survey)) == survey


async def test_three_views_stand_side_by_side(tree: Tree) -> None:
    evidence = await tree.look("customer.map.fastly.net", public_resolvers=(tree.validating, NOWHERE))
    seen = sights(survey_of(evidence), evidence.hostname, TARGET)
    assert [(sight.view, sight.addresses, sight.asked) for sight in seen] == [
        (View.ZONE, ("151.101.1.1",), Asked.ANSWERED),
        (View.PUBLIC, ("151.101.1.1",), Asked.ANSWERED),
        (View.PUBLIC, (), Asked.FAILED),
        (View.OURS, ("151.101.1.1",), Asked.ANSWERED),
    ]


async def test_public_is_not_asked_about_names_that_it_cannot_know(tree: Tree) -> None:
    evidence = await tree.look(SHOP, public_resolvers=(tree.validating,))
    assert not [a for a in survey_of(evidence).answers if a.view is View.PUBLIC]


@pytest.mark.parametrize(
    ("name", "transport"), [("shop.tcp.test", "tcp"), ("shop.truncated.test", "tcp"), (SHOP, "udp")]
)
async def test_answer_comes_by_tcp_where_a_datagram_is_lost_or_truncated(
    tree: Tree, name: str, transport: str
) -> None:
    survey = survey_of(await tree.look(name, limits=HASTY))
    ways = {a.transport for a in survey.answers if (a.view, a.name) == (View.ZONE, name)}
    assert transport in ways
    assert all(a.outcome.answered for a in survey.answers if (a.view, a.name) == (View.ZONE, name))


async def test_server_by_ipv6_alone_is_asked(tree: Tree) -> None:
    survey = survey_of(await tree.look("shop.six.test"))
    [answer] = [a for a in survey.answers if (a.view, a.name, a.kind) == (View.ZONE, "shop.six.test", "AAAA")]
    assert (answer.server, answer.outcome) == (f"ns1.six.test ([::1]:{tree.port})", Outcome.RECORDS)


async def test_walk_begins_at_the_servers_that_our_resolver_names(tree: Tree) -> None:
    survey = survey_of(await tree.look(SHOP, root_hints=(), port=tree.port))
    assert survey.zone == "customer.test"
    assert len([a for a in survey.answers if (a.view, a.name, a.kind) == (View.ZONE, SHOP, "A")]) == 2
    assert not [a for a in survey.answers if a.server.startswith("127.0.0.2")]


async def test_server_whose_name_lies_in_another_tree_is_found(tree: Tree) -> None:
    evidence = await tree.look("shop.far.test")
    assert (evidence.chain, survey_of(evidence).nameservers) == ((TARGET,), ("ns1.net",))


async def test_servers_whose_names_lie_in_each_other_end_the_walk(tree: Tree) -> None:
    evidence = await tree.look("shop.circle.test", resolvers=(NOWHERE,))
    assert evidence.asked is Asked.FAILED
    assert len(survey_of(evidence).answers) < 30


async def test_zone_cannot_send_us_to_a_private_address(tree: Tree) -> None:
    evidence = await tree.look(SHOP, private_servers=False)
    declined = [a for a in survey_of(evidence).answers if a.outcome is Outcome.NOT_ASKED]
    assert [(a.server, a.detail) for a in declined] == [
        (
            f"ns.test (127.0.0.3:{tree.port})",
            "a private address, which a name on the Internet cannot be served from",
        )
    ]
    assert not [a for a in survey_of(evidence).answers if a.view is View.ZONE]
    assert evidence.chain == (TARGET,), "what our resolver says stands"


async def test_questions_are_counted(tree: Tree) -> None:
    for packets in (0, 1, 4, 12):
        evidence = await tree.look(SHOP, limits=Limits(packets=packets))
        asked = [a for a in survey_of(evidence).answers if a.detail != SEARCH_ENDS]
        assert len(asked) <= packets
    whole = survey_of(await tree.look(SHOP)).answers
    assert len(whole) < 40


async def test_endless_answer_is_kept_in_part(tree: Tree) -> None:
    survey = survey_of(await tree.look("many.customer.test"))
    [answer] = [a for a in survey.answers if (a.view, a.name, a.kind) == (View.ZONE, MANY, "TXT")]
    assert (answer.transport, len(answer.records)) == ("tcp", MAX_RECORDS)


async def test_all_questions_together_end_in_time() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        silence = f"127.0.0.1:{silent.getsockname()[1]}"
        tree = Tree(0, silence, silence, None)  # type: ignore[arg-type]
        started = time.monotonic()
        evidence = await tree.look(SHOP, limits=Limits(seconds=0.5, try_seconds=0.2))
    assert time.monotonic() - started < 1.5
    assert evidence.asked is Asked.FAILED
    assert all(not answer.outcome.answered for answer in survey_of(evidence).answers)


async def test_second_resolver_is_asked_where_the_first_is_silent(tree: Tree) -> None:
    given = {"root_hints": (), "resolvers": (NOWHERE, tree.validating), "port": tree.port}
    evidence = await tree.look(SHOP, limits=HASTY, **given)
    assert evidence.chain == (TARGET,)
    assert len([a for a in survey_of(evidence).answers if a.server == NOWHERE and a.detail != SILENT]) <= 3


async def test_looks_beside_each_other_do_not_mix(tree: Tree) -> None:
    names = [SHOP, "elsewhere.customer.test", "nowhere.customer.test", "apex.test"] * 5
    found = await asyncio.gather(*map(tree.look, names))
    assert [evidence.hostname for evidence in found] == names
    assert {evidence.chain for evidence in found if evidence.hostname == SHOP} == {(TARGET,)}
