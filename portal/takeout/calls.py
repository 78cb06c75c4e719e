"""Calls of the download: those that the pages would list, of all the time for which they are kept."""

from datetime import timedelta

from portal.calls.views import TYPE_WORDS
from portal.csv_stream import Pages, Row
from portal.visit import Visit
from portal.words import N_, _
from store import calls as stored_calls
from store.call_filter import Filter
from store.calls import Call, Cursor
from store.database import Store
from store.money import decimal_text

PAGE = 500
HEADER = (
    N_("Date and time"),
    N_("From"),
    N_("To"),
    N_("Destination"),
    N_("Direction"),
    N_("Type"),
    N_("Seconds"),
    N_("Bytes"),
    N_("Charge before VAT"),
    N_("Currency"),
    N_("In bundle"),
    N_("Cost centre"),
    N_("Invoice"),
)


async def rows(store: Store, visit: Visit) -> Pages:
    """A row a call, the newest first."""
    key = visit.organisation_id, visit.account_id
    span = await store.read(stored_calls.span, *key)
    if span is None:
        return
    first, last = span
    wanted = Filter(first, last + timedelta(seconds=1), lists_free=visit.portal.list_free_calls)
    after: Cursor | None = None
    while True:
        found: list[Call] = await store.read(stored_calls.page, *key, wanted, after, PAGE)
        yield [_row(call, visit) for call in found]
        if len(found) < PAGE:
            return
        after = Cursor(int(found[-1].started_at.timestamp()), found[-1].external_hash)


def _row(call: Call, visit: Visit) -> Row:
    return (
        call.started_at.astimezone(visit.zone).isoformat(sep=" "),
        call.cli,
        call.number,
        call.destination,
        _("Outgoing") if call.outbound else _("Incoming"),
        _(TYPE_WORDS[call.type]),
        str(call.duration_seconds),
        str(call.data_bytes),
        decimal_text(call.price, 6),
        call.currency,
        _("yes") if call.in_bundle else _("no"),
        call.cost_centre,
        call.invoice_number or _("not yet invoiced"),
    )
