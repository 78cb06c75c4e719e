"""Each diagnosis by real servers: knot for zones, unbound as validating resolver; the numbers are the design's rows."""

from datetime import timedelta

import pytest

from store.diagnosis import Actor, History, Routing
from tests.edge.dns.tree import AT, AUTHORITY, HASTY, NOWHERE, NS, SUPPORT, TARGET, Tree

C = "customer.test"
YOU, HOST, NOBODY, CA = Actor.YOU, Actor.DNS_HOST, Actor.NOBODY, Actor.CA


@pytest.mark.parametrize(
    ("name", "code", "routing", "actor", "seen", "action"),
    [
        (
            "shop.unknown.test",
            "domain_unregistered",  # 5
            Routing.PENDING,
            YOU,
            "unknown.test is not registered",
            "Check the spelling of unknown.test",
        ),
        (
            f"nowhere.{C}",
            "no_record",  # 6
            Routing.PENDING,
            YOU,
            "No record yet",
            f"Add a CNAME record for nowhere.{C} with the target {TARGET}.",
        ),
        (
            f"doubled.{C}",
            "name_doubled",  # 7
            Routing.PENDING,
            YOU,
            f"The record stands at doubled.{C}.{C} (CNAME {TARGET})",
            f"Enter “doubled” as the record’s name, without {C}.",
        ),
        (
            f"texts.{C}",
            "no_address",  # 8
            Routing.PENDING,
            YOU,
            "only MX, TXT",
            f"Add a CNAME record for texts.{C} with the target {TARGET}.",
        ),
        (
            f"elsewhere.{C}",
            "cname_elsewhere",  # 9
            Routing.WRONG,
            YOU,
            "CNAME portal.other.test",
            f"Change the target of the CNAME record of elsewhere.{C} to {TARGET}.",
        ),
        (
            f"mistyped.{C}",
            "cname_mistyped",  # 9
            Routing.WRONG,
            YOU,
            "edge.platf[ro]m.test",
            f"Change the target of the CNAME record of mistyped.{C} to {TARGET}.",
        ),
        (
            f"relative.{C}",
            "cname_relative",  # 10
            Routing.WRONG,
            YOU,
            f"CNAME {TARGET}.{C}: the panel has added the domain to the target",
            f"Enter the target with a dot at its end: {TARGET}.",
        ),
        (
            f"loop.{C}",
            "cname_loop",  # 11
            Routing.WRONG,
            YOU,
            f"loop.{C} → pool.{C} → loop.{C}",
            f"Change the target of the CNAME record of loop.{C} to {TARGET}.",
        ),
        (
            f"hop0.{C}",
            "cname_loop",  # 11
            Routing.WRONG,
            YOU,
            f"hop0.{C} → hop1.{C} → hop2.{C}",
            f"Change the target of the CNAME record of hop0.{C} to {TARGET}.",
        ),
        (
            f"both.{C}",
            "cname_and_other",  # 12
            Routing.WRONG,
            YOU,
            "at the same name A 203.0.113.9",
            f"Delete the A records of both.{C} and keep the CNAME.",
        ),
        (
            f"ours.{C}",
            "address_record",  # 13
            Routing.OK,
            YOU,
            "The address 192.0.2.1, which is ours, but no CNAME record: it works until our addresses change",
            f"Better: replace the A and AAAA records of ours.{C} by a CNAME record to {TARGET}.",
        ),
        (
            f"mixed.{C}",
            "mixed_addresses",  # 14
            Routing.WRONG,
            YOU,
            "Our address 192.0.2.1, but also 203.0.113.9",
            f"Delete the records of mixed.{C} that lead to 203.0.113.9.",
        ),
        (
            f"six.{C}",
            "ipv6_elsewhere",  # 15
            Routing.WRONG,
            YOU,
            "the IPv6 address 2001:db8:bad::1 is not, and it is tried first",
            f"Delete the records of six.{C} that lead to 2001:db8:bad::1.",
        ),
        (
            f"foreign.{C}",
            "address_elsewhere",  # 16
            Routing.WRONG,
            YOU,
            "The address 203.0.113.9, which is not ours",
            f"Add a CNAME record for foreign.{C} with the target {TARGET}. Delete the records",
        ),
        (
            f"shopify.{C}",
            "address_elsewhere",  # 16: the old host is known
            Routing.WRONG,
            YOU,
            "23.227.38.65 belongs to Shopify",
            "Delete the records that are there now.",
        ),
        (
            f"called.{C}",
            "address_elsewhere",  # 16: its network names it
            Routing.WRONG,
            YOU,
            "9.9.9.9 is called server7.old-host.test",
            "Delete the records that are there now.",
        ),
        (
            f"cloudflare.{C}",
            "proxied",  # 17
            Routing.PROXIED,
            YOU,
            "104.16.1.1, 2606:4700::1: these are Cloudflare’s",
            f"Switch Cloudflare’s proxy off for cloudflare.{C} (“DNS only”, the grey cloud).",
        ),
        (
            f"fastly.{C}",
            "proxied",  # 17
            Routing.PROXIED,
            YOU,
            "The address 151.101.1.1: this is Fastly’s",
            f"Switch Fastly’s proxy off for fastly.{C}.",
        ),
        (
            "bare.test",
            "apex",  # 19
            Routing.PENDING,
            YOU,
            "no CNAME can stand beside its SOA, NS and MX records",
            "If your panel offers ALIAS, ANAME or CNAME flattening",
        ),
        (
            "aliased.test",
            "apex_cname",  # 19
            Routing.OK,
            YOU,
            f"CNAME {TARGET}, at aliased.test itself",
            "Replace the CNAME record of aliased.test by A and AAAA records with 192.0.2.1, 2001:db8::1.",
        ),
        (
            "any.wild.test",
            "wildcard",  # 20
            Routing.OK,
            YOU,
            "a wildcard answers for any name in wild.test",
            f"Add a CNAME record for any.wild.test with the target {TARGET}.",
        ),
        (
            "shop.bogus.test",
            "dnssec_broken",  # 21
            Routing.WRONG,
            YOU,
            "answers SERVFAIL for shop.bogus.test (EDE 9), but answers when it is told not to check",
            "At the registrar of bogus.test, remove the DS record, or replace it",
        ),
        (
            "shop.servfail.test",
            "servers_fail",  # 22
            Routing.PENDING,
            HOST,
            "SERVFAIL",
            "Ask your DNS host to serve servfail.test again",
        ),
        (
            "shop.differ.test",
            "servers_differ",  # 23
            Routing.PENDING,
            HOST,
            f"CNAME {TARGET}; ns2.differ.test",
            "Wait 10 minutes. If they still differ then, ask your DNS host",
        ),
        (
            "strict.test",
            "caa_forbids",  # 28
            Routing.OK,
            YOU,
            'strict.test CAA 0 issue "other-ca.example"',
            'Add the record strict.test CAA 0 issue "our-ca.example"',
        ),
        (
            "shop.branch.strict.test",
            "caa_forbids",  # 28: found two labels up
            Routing.OK,
            YOU,
            'strict.test CAA 0 issue "other-ca.example"',
            'Add the record strict.test CAA 0 issue "our-ca.example"',
        ),
        (
            "nobody-issues.test",
            "caa_forbids",  # 28
            Routing.OK,
            YOU,
            'CAA 0 issue ";"',
            'Add the record nobody-issues.test CAA 0 issue "our-ca.example"',
        ),
        (
            "critical.test",
            "caa_forbids",  # 28
            Routing.OK,
            YOU,
            'CAA 128 tbs "unknown"',
            "Delete the record critical.test CAA 128 tbs",
        ),
        (
            "pinned.test",
            "caa_pins",  # 29
            Routing.OK,
            YOU,
            "it permits only accounturi=https://our-ca.example/acme/acct/8",
            'Add the record pinned.test CAA 0 issue "our-ca.example; accounturi=https://our-ca.example/acme/acct/7"',
        ),
        (
            "methods.test",
            "caa_pins",  # 29
            Routing.OK,
            YOU,
            "it permits only validationmethods=dns-01",
            'Add the record methods.test CAA 0 issue "our-ca.example; accounturi',
        ),
    ],
)
async def test_fault_of_a_real_zone_is_named(
    tree: Tree, name: str, code: str, routing: Routing, actor: Actor, seen: str, action: str
) -> None:
    found = await tree.diagnose(name, authority=AUTHORITY)
    assert (found.code, found.routing, found.actor) == (code, routing, actor), found
    assert seen in found.seen
    assert action in found.action
    assert found.next_check_at == AT + timedelta(minutes=1)


@pytest.mark.parametrize(
    "name",
    [
        f"shop.{C}",
        f"long.{C}",
        f"xn--bcher-kva.{C}",
        "apex.test",
        "shop.wild.test",  # its own record, beside a wildcard
        "shop.signed.test",
        "shop.six.test",
        "shop.far.test",
        "shop.late.test",
        "shop.tcp.test",
        "shop.truncated.test",
        "shop.strict.test",  # a strict apex, but our target's own CAA permits (RFC 8659 section 3)
        "permitted.test",
        "mailonly.test",
    ],
)
async def test_right_set_up_gets_no_blame(tree: Tree, name: str) -> None:
    found = await tree.diagnose(name, authority=AUTHORITY)
    assert (found.code, found.routing, found.actor) == ("ok", Routing.OK, NOBODY), found
    assert found.next_check_at == AT + timedelta(hours=1)


async def test_lame_delegation_names_each_server(tree: Tree) -> None:
    found = await tree.diagnose("shop.lame.test", resolvers=(NOWHERE,))
    assert (found.code, found.actor, found.certain) == ("servers_fail", HOST, False)
    assert f"ns1.lame.test (127.0.0.4:{tree.port}): REFUSED" in found.seen
    assert f"ns2.lame.test (127.0.0.5:{tree.port}): REFUSED" in found.seen
    assert found.action.endswith("or have the registrar name the right servers.")


@pytest.mark.parametrize("name", ["shop.silent.test", "shop.half.test", "shop.circle.test"])
async def test_silence_blames_nobody(tree: Tree, name: str) -> None:
    found = await tree.diagnose(name, resolvers=(NOWHERE,), limits=HASTY)
    assert (found.code, found.routing, found.actor) == ("could_not_ask", Routing.PENDING, NOBODY)
    assert not found.certain
    assert found.seen.startswith("No answer: ")
    assert found.action == "Nothing to do: we could not ask just now and will ask again."
    assert found.next_check_at == AT + timedelta(minutes=1)


async def test_alias_whose_end_is_not_known_is_shown_and_blames_nobody(tree: Tree) -> None:
    found = await tree.diagnose(f"hanging.{C}")
    assert (found.code, found.actor) == ("could_not_ask", NOBODY)
    assert found.seen.startswith("CNAME shop.servfail.test, then no answer: ")


async def test_one_silent_server_does_not_matter_where_another_answers(tree: Tree) -> None:
    assert (await tree.diagnose("shop.partly.test", limits=HASTY)).code == "ok"


async def test_caa_that_is_declined_is_the_dns_hosts_to_answer(tree: Tree) -> None:
    """Row 30: the name has a zone of its own; that of its domain, where the CA climbs to, is broken."""
    found = await tree.diagnose("bare.shop.failing.test", authority=AUTHORITY, resolvers=(NOWHERE,))
    assert (found.code, found.routing, found.actor) == ("caa_fails", Routing.OK, HOST)
    assert "SERVFAIL for CAA failing.test" in found.seen
    assert (
        found.action
        == "Ask your DNS host (failing.test) to answer questions for CAA records of failing.test."
    )


async def test_caa_at_our_target_spares_the_question_that_would_fail(tree: Tree) -> None:
    found = await tree.diagnose("sub.shop.failing.test", authority=AUTHORITY)
    assert (found.code, found.actor) == ("ok", NOBODY)


async def test_cache_behind_a_mended_zone_is_waited_for(tree: Tree) -> None:
    before = await tree.diagnose("shop.changing.test")
    assert before.code == "cname_elsewhere"
    assert before.cached_until is not None
    tree.first.replace("changing.test", NS + f"shop CNAME {TARGET}.\n")
    found = await tree.diagnose("shop.changing.test")
    assert (found.code, found.routing, found.actor) == ("cached", Routing.OK, NOBODY)
    assert f"{tree.validating} still remembers the old state, for about " in found.seen
    assert found.action == "Nothing to do: caches forget by themselves."
    assert found.cached_until is not None and found.next_check_at == found.cached_until
    assert AT + timedelta(seconds=200) <= found.cached_until <= AT + timedelta(seconds=300)


async def test_remembered_absence_is_counted_down_by_the_zones_own_span(tree: Tree) -> None:
    assert (await tree.diagnose("shop.arriving.test")).code == "no_record"
    tree.first.replace("arriving.test", NS + f"shop CNAME {TARGET}.\n")
    found = await tree.diagnose("shop.arriving.test")
    assert (found.code, found.actor) == ("cached", NOBODY)
    assert "for about 1 minute more" in found.seen


async def test_live_name_that_left_says_since_when_and_how_long_its_certificate_lasts(tree: Tree) -> None:
    history = History(
        moved_at=AT - timedelta(hours=4),
        wrong_since=AT - timedelta(hours=5),
        not_after=AT + timedelta(days=12),
    )
    found = await tree.diagnose(f"nowhere.{C}", history=history)
    assert (found.code, found.routing, found.actor) == ("moved", Routing.MOVED, YOU)
    assert found.seen.startswith("Since 23 November 2026, 04:00 UTC this live name no longer leads to us.")
    assert "Its certificate lasts until 5 December 2026, 09:00 UTC." in found.seen
    assert found.action == (
        f"Restore the record. Add a CNAME record for nowhere.{C} with the target {TARGET}."
    )


@pytest.mark.parametrize("name", ["shop.silent.test", "shop.lame.test", "shop.differ.test"])
async def test_live_name_has_not_left_while_it_is_not_known(tree: Tree, name: str) -> None:
    found = await tree.diagnose(name, history=History(moved_at=AT), resolvers=(NOWHERE,), limits=HASTY)
    assert found.code in ("could_not_ask", "servers_fail", "servers_differ")


async def test_live_name_in_doubt_is_told_that_several_looks_decide(tree: Tree) -> None:
    found = await tree.diagnose(f"nowhere.{C}", history=History(serves=True))
    assert (found.code, found.routing, found.actor) == ("no_record", Routing.PENDING, YOU)
    assert found.seen.endswith("we look again by ourselves, and take it for moved once several looks agree")
    assert "several looks" not in (await tree.diagnose(f"shop.{C}", history=History(serves=True))).seen


async def test_limit_of_the_ca_is_told_with_its_end(tree: Tree) -> None:
    until = AT + timedelta(hours=2)
    found = await tree.diagnose(f"shop.{C}", history=History(rate_limited_until=until))
    assert (found.code, found.routing, found.actor) == ("ca_rate_limited", Routing.OK, CA)
    assert "until 23 November 2026, 11:00 UTC" in found.seen
    assert found.action.startswith("Nothing to do: we will not ask sooner")
    assert found.next_check_at == until
    assert (await tree.diagnose(f"elsewhere.{C}", history=History(rate_limited_until=until))).code == (
        "cname_elsewhere"
    )


async def test_name_of_another_organisation_is_told_without_saying_whose(tree: Tree) -> None:
    found = await tree.diagnose(f"shop.{C}", history=History(held_elsewhere=True))
    assert (found.code, found.routing, found.actor) == ("held_elsewhere", Routing.PENDING, YOU)
    assert found.seen == f"shop.{C} is in use elsewhere."


async def test_support_stands_beside_what_we_must_do(tree: Tree) -> None:
    found = await tree.diagnose(f"foreign.{C}", own=True)
    assert (found.actor, found.support) == (Actor.US, SUPPORT)
    assert (await tree.diagnose(f"foreign.{C}")).support == ""
