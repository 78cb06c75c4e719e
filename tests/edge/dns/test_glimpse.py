"""A glimpse: what a zone's own servers say of one name, in few questions, and with no word to any cache."""

from edge.dns.glimpse import Glimpser, Said
from store.hostname import Hostname
from tests.edge.dns.tree import AT, CUSTOMER, NOWHERE, TARGET, Tree

NEW = "just-added.customer.test"


async def glimpse(tree: Tree, name: str, **sources: object) -> Said:
    return await Glimpser(tree.sources(**sources), lambda: AT).glimpse(Hostname(name))


async def test_record_that_is_added_changes_what_one_server_says_at_once(tree: Tree) -> None:
    before = await glimpse(tree, NEW)
    assert {kind for _, name, kind in before if name == NEW} == {"A", "AAAA", "CAA"}
    assert {said[0] for (_, name, _), said in before.items() if name == NEW} == {"no such name"}
    tree.first.replace("customer.test", f"{CUSTOMER}just-added CNAME {TARGET}.\n")
    try:
        after = await glimpse(tree, NEW)
    finally:
        tree.first.replace("customer.test", CUSTOMER)
    changed = {key: said for key, said in after.items() if before.get(key) != said}
    assert ("records", f"CNAME {TARGET}") in changed.values()
    assert all(f"127.0.0.4:{tree.port}" in server for server, _, _ in changed)


async def test_no_resolver_is_asked_where_the_zones_servers_answer(tree: Tree) -> None:
    assert await glimpse(tree, NEW, resolvers=(NOWHERE,), public_resolvers=(NOWHERE,))


async def test_who_does_not_answer_is_left_out(tree: Tree) -> None:
    said = await glimpse(tree, "shop.half.test")
    assert not any(server.startswith("127.0.0.6") for server, _, _ in said)
    assert await glimpse(tree, "shop.silent.test") == {}


async def test_our_resolver_is_asked_where_there_is_nowhere_to_begin(tree: Tree) -> None:
    said = await glimpse(tree, "shop.customer.test", root_hints=(NOWHERE,))
    assert {server for server, _, _ in said} == {tree.validating}
    assert any("CNAME" in line for lines in said.values() for line in lines)
