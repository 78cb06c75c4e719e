"""Plain plans: customers, mandates and calls are one row each."""

from collections.abc import Sequence

from store.importing.calls import CALLS
from store.importing.customers import CUSTOMERS
from store.importing.mandates import MANDATES
from store.row_batches.desk import Desk
from store.row_batches.item import Item
from store.row_batches.part import Part


def customers(desk: Desk, items: Sequence[Item]) -> list[Part]:
    """The plan of customers."""
    return [desk.read(CUSTOMERS, ((number, "", item.cells) for number, item in enumerate(items)))]


def mandates(desk: Desk, items: Sequence[Item]) -> list[Part]:
    """The plan of mandates."""
    return [desk.read(MANDATES, ((number, "", item.cells) for number, item in enumerate(items)))]


def calls(desk: Desk, items: Sequence[Item]) -> list[Part]:
    """The plan of calls."""
    return [desk.read(CALLS, ((number, "", item.cells) for number, item in enumerate(items)))]
