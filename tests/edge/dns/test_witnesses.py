"""What one look at a name comes to, by real servers: away only where the zone and a resolver agree."""

import pytest

from edge.dns.examination import Examiner
from edge.dns.lookup import Lookup
from store.watches import Seen
from tests.edge.dns.tree import AT, HASTY, NOWHERE, NS, OURS, SUPPORT, TARGET, Tree, destination


async def seen(tree: Tree, name: str, **sources: object) -> Seen:
    async def ours() -> frozenset[str]:
        return OURS

    lookup = Lookup(tree.sources(**sources), lambda: AT, limits=HASTY)
    return (await Examiner(lookup, lambda: AT, ours, support=SUPPORT).look(destination(name), None)).seen


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("shop.customer.test", Seen.WELL),
        ("apex.test", Seen.WELL),
        ("any.wild.test", Seen.WELL),
        ("nowhere.customer.test", Seen.AWAY),
        ("elsewhere.customer.test", Seen.AWAY),
        ("foreign.customer.test", Seen.AWAY),
        ("mixed.customer.test", Seen.TROUBLED),
        ("six.customer.test", Seen.TROUBLED),
        ("both.customer.test", Seen.TROUBLED),
        ("shop.unknown.test", Seen.AWAY),  # the domain itself is not registered any more
        ("cloudflare.customer.test", Seen.TROUBLED),
        ("shop.differ.test", Seen.TROUBLED),
        ("shop.bogus.test", Seen.TROUBLED),
        ("shop.servfail.test", Seen.UNHEARD),
        ("shop.lame.test", Seen.UNHEARD),
        ("shop.silent.test", Seen.UNHEARD),
        ("hanging.customer.test", Seen.UNHEARD),
    ],
)
async def test_look_at_a_real_zone(tree: Tree, name: str, found: Seen) -> None:
    assert await seen(tree, name) is found


async def test_zone_alone_is_not_enough(tree: Tree) -> None:
    assert await seen(tree, "elsewhere.customer.test", resolvers=(NOWHERE,)) is Seen.DOUBTFUL


async def test_resolver_alone_is_not_enough(tree: Tree) -> None:
    """What a resolver still remembers of a zone whose servers fall silent."""
    assert await seen(tree, "elsewhere.customer.test", root_hints=(NOWHERE,)) is Seen.DOUBTFUL


async def test_resolver_that_still_remembers_us_is_heard(tree: Tree) -> None:
    tree.first.replace("changing.test", NS + f"left CNAME {TARGET}.\n")
    assert await seen(tree, "left.changing.test") is Seen.WELL
    tree.first.replace("changing.test", NS + "left CNAME portal.other.test.\n")
    assert await seen(tree, "left.changing.test") is Seen.DOUBTFUL
