"""History: what became of a customer's details, and who changed them, for the customer to read."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, replace

from aiohttp import web

from portal import formats, pages
from portal.formats import LocalTime
from portal.links import link
from portal.profile.words import LABELS
from portal.services import services
from portal.visit import Visit
from portal.words import _, said
from store import account_history, accounts
from store.account_history import Change, Cursor, Event
from store.accounts import Account

PAGE = 20
URL = "/profile/changes"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in words."""

    when: LocalTime
    who: str
    changes: tuple[Change, ...]

    @property
    def labels(self) -> list[str]:
        """The names of the fields, in the order of `changes`."""
        return [said(LABELS[change.field]) for change in self.changes]


@dataclass(frozen=True, slots=True)
class History:
    """A page of it; `older_url` is empty where there is no more."""

    entries: list[Entry]
    older_url: str


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /profile/changes?before=: from a place on."""
    after = parse(request.query.get("before", ""))
    found = await services(request).store.read(load, visit, shown_fields(visit), after)
    return pages.render(
        request, "profile/changes.html", visit=visit, history=found, is_older=after is not None
    )


def load(db: sqlite3.Connection, visit: Visit, fields: Collection[str], after: Cursor | None) -> History:
    """A page of a customer's history."""
    key = visit.organisation_id, visit.account_id
    found = account_history.page(db, *key, fields, after, PAGE + 1)
    account = accounts.find(db, *key)
    shown = [_visible(event, account) for event in found[:PAGE]] if account else []
    older = link(URL, before=_text(found[PAGE - 1].cursor)) if len(found) > PAGE else ""
    return History([_entry(event, visit) for event in shown if event.changes], older)


def shown_fields(visit: Visit) -> list[str]:
    """The fields that customers of this portal see."""
    return [field for field in LABELS if visit.portal.policy(field).is_shown]


def parse(text: str) -> Cursor | None:
    """A place as an address has it."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) < 16 for part in parts):
        return None
    return Cursor(*map(int, parts))


def _text(cursor: Cursor) -> str:
    return f"{cursor.at}-{cursor.source}-{cursor.id}"


def _visible(event: Event, account: Account) -> Event:
    """Without what an import said below a value of the customer's own, which still stands."""
    if event.actor != account_history.IMPORT:
        return event
    changes = tuple(
        change
        for change in event.changes
        if (edit := account.edits.get(change.field)) is None or edit.edited_at > event.at
    )
    return replace(event, changes=changes)


def _entry(event: Event, visit: Visit) -> Entry:
    clock = formats.time_of_day(event.at.astimezone(visit.zone))
    return Entry(
        replace(formats.local_time(event.at, visit.zone), clock=clock), who(event, visit), event.changes
    )


def who(event: Event, visit: Visit) -> str:
    """Who did it: the visitor, somebody of theirs, or the organisation, its system included."""
    if event.user_id is None:
        return visit.portal.name
    if visit.viewer is None and event.user_id == visit.user.id:
        return _("You")
    return event.user or _("Somebody who can no longer sign in")
