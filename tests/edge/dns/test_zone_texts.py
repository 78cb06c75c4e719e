"""TXT records as a zone's own servers have them, whatever resolvers remember."""

import pytest

from edge.dns.zone_texts import ZoneTexts
from tests.edge.dns.tree import AT, Tree

PROOF = "_brassplate.shop.customer.test"


async def nobody(name: str) -> tuple[str, ...] | None:
    return None


async def remembering(name: str) -> tuple[str, ...] | None:
    return ("what a resolver says",)


async def test_strings_of_a_record_are_one_text(tree: Tree) -> None:
    found = await ZoneTexts(tree.sources(), lambda: AT, nobody).texts(PROOF)
    assert found and set(found) == {"brassplate-claim=00ff", "v=spf1 -all"}


@pytest.mark.parametrize("name", ["_brassplate.other.customer.test", "shop.nowhere-registered.test"])
async def test_nothing_there_is_no_text(tree: Tree, name: str) -> None:
    assert await ZoneTexts(tree.sources(), lambda: AT, nobody).texts(name) == ()


async def test_resolver_is_asked_where_no_server_answers(tree: Tree) -> None:
    asking = ZoneTexts(tree.sources(), lambda: AT, remembering)
    assert await asking.texts("_brassplate.shop.servfail.test") == ("what a resolver says",)
