"""Details of the download: the fields that the customer sees, and what became of them."""

from portal.csv_stream import Pages
from portal.profile import history
from portal.profile.words import LABELS
from portal.visit import Visit
from portal.words import N_, _
from store import account_history, accounts
from store.account_history import Cursor, Event
from store.database import Store

PAGE = 200
HEADER = (N_("Field"), N_("Value"))
CHANGES = (N_("When"), N_("Who"), N_("Field"), N_("Before"), N_("After"))


async def rows(store: Store, visit: Visit) -> Pages:
    """The details as they stand."""
    account = await store.read(accounts.find, visit.organisation_id, visit.account_id)
    if account is None:
        return
    yield [
        (_("Account"), account.reference),
        (_("Name"), account.name),
        *((_(LABELS[field]), account.value(field)) for field in history.shown_fields(visit)),
    ]


async def changes(store: Store, visit: Visit) -> Pages:
    """What changed, the newest first."""
    key, fields = (visit.organisation_id, visit.account_id), history.shown_fields(visit)
    after: Cursor | None = None
    while True:
        found: list[Event] = await store.read(account_history.page, *key, fields, after, PAGE)
        yield [
            (
                event.at.astimezone(visit.zone).isoformat(sep=" ", timespec="seconds"),
                history.who(event, visit),
                _(LABELS[change.field]),
                change.before,
                change.after,
            )
            for event in found
            for change in event.changes
        ]
        if len(found) < PAGE:
            return
        after = found[-1].cursor
