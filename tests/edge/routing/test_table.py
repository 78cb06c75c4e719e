from edge.routing.table import apply
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname

SHOP = Hostname("shop.customer.example")


def to(room: Room) -> Destination:
    return Destination(SHOP, room, 1, False, (), Confirmation.CNAME, None)


def test_changes_replace_what_was_there() -> None:
    table = {SHOP: to(Room.PORTAL)}
    apply(table, {SHOP: to(Room.UPSTREAM)})
    assert table == {SHOP: to(Room.UPSTREAM)}


def test_what_is_gone_leaves() -> None:
    table = {SHOP: to(Room.PORTAL)}
    apply(table, {SHOP: None, Hostname("never.there.example"): None})
    assert table == {}
