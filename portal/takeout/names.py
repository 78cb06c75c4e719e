"""Names of the download: what the customer calls the numbers of their calls."""

from portal.csv_stream import Pages
from portal.visit import Visit
from portal.words import N_
from store import number_names
from store.database import Store

HEADER = (N_("Number"), N_("Name"))


async def rows(store: Store, visit: Visit) -> Pages:
    """A row a name, in the order of the names."""
    found = await store.read(number_names.of_account, visit.organisation_id, visit.account_id)
    yield [(each.number, each.name) for each in found]
