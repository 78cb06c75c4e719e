"""The page of an organisation's data."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.data.forms import RetentionForm
from admin.deeds import deed
from admin.keys import CLOCK, STORE
from admin.pages import home_url, page
from admin.rights import organisation_of
from portal.forms import posted
from store import audit, erasure, exports, retention
from store.audit import Entry
from store.erasure import Asked
from store.exports import Export
from store.organisations import Organisation


@dataclass(frozen=True, slots=True)
class Data:
    """What the page shows."""

    days: int | None
    due: tuple[int, int]
    """Calls, and customers, that are past the days and go within the hour."""
    exports: list[Export]
    erased: list[Asked]


def data_url(organisation: Organisation) -> str:
    """The page of an organisation's data."""
    return f"{home_url(organisation)}/data"


async def show(request: web.Request) -> web.Response:
    """GET .../data"""
    organisation, now = organisation_of(request), request.app[CLOCK]()
    data = await request.app[STORE].read(_data, organisation.id, now)
    form = RetentionForm(data={"days": "" if data.days is None else str(data.days)})
    return _page(request, data, form)


async def save_retention(request: web.Request) -> web.Response:
    """POST .../data/retention"""
    organisation, store = organisation_of(request), request.app[STORE]
    form = RetentionForm(await posted(request))
    if not form.validate():
        data = await store.read(_data, organisation.id, request.app[CLOCK]())
        return _page(request, data, form, status=422)
    days = "for ever" if form.chosen is None else str(form.chosen)
    entry = deed(request, organisation, "calls.retention_set", organisation.slug, days=days)
    await store.write(_save_days, organisation.id, form.chosen, entry)
    raise web.HTTPSeeOther(f"{data_url(organisation)}?saved=1")


def _page(request: web.Request, data: Data, form: RetentionForm, status: int = 200) -> web.Response:
    organisation = organisation_of(request)
    return page(
        request,
        "data/data.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=data_url(organisation),
        customers_url=f"{home_url(organisation)}/customers",
        data=data,
        form=form,
        saved="saved" in request.query,
        under_way="under-way" in request.query,
    )


def _data(db: sqlite3.Connection, organisation_id: int, now: datetime) -> Data:
    rule = retention.rule_of(db, organisation_id)
    return Data(
        days=rule.days if rule else None,
        due=retention.count_due(db, organisation_id, rule.cutoff(now)) if rule else (0, 0),
        exports=exports.of_organisation(db, organisation_id),
        erased=erasure.of_organisation(db, organisation_id),
    )


def _save_days(db: sqlite3.Connection, organisation_id: int, days: int | None, entry: Entry) -> None:
    retention.set_days(db, organisation_id, days)
    audit.record(db, entry)
