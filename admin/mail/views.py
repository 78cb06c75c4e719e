"""Mail: an organisation's outbox: the list, one message, and trying again or taking back."""

import sqlite3
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.deeds import deed
from admin.keys import CLOCK, FACTS, STORE
from admin.mail import narrowing
from admin.mail.narrowing import Narrowing
from admin.mail.words import PURPOSES, STATES, sentence
from admin.pages import mail_url, page
from admin.rights import organisation_of
from portal.forms import posted
from portal.headers import CONTENT_SECURITY_POLICY
from store import audit, outbox, outbox_lists
from store.audit import Entry
from store.outbox import Queued, State
from store.outbox_lists import Line

PAGE = 50
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'self'; sandbox"
)
"""For the HTML of a message: it is shown, and can do nothing."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list, and how many messages are in each state."""

    lines: list[Line]
    has_more: bool
    counts: dict[State, int]


async def index(request: web.Request) -> web.Response:
    """GET .../mail"""
    organisation, chosen = organisation_of(request), narrowing.parse(request.query)
    listing = await request.app[STORE].read(_listing, organisation.id, chosen)
    url = mail_url(organisation)
    older = chosen.older_url(url, listing.lines[-1].id) if listing.has_more else None
    return page(
        request,
        "mail/index.html",
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=url,
        chosen=chosen,
        first_url=chosen.first_url(url),
        older_url=older,
        listing=listing,
        counted=outbox_lists.COUNTED,
        purposes=PURPOSES,
        states=STATES,
        done=_done(request),
    )


async def show(request: web.Request) -> web.Response:
    """GET .../mail/{mail}"""
    organisation = organisation_of(request)
    found, line = await _found(request)
    shown = page(
        request,
        "mail/message.html",
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=mail_url(organisation),
        queued=found,
        line=line,
        text=outbox.blanked(found.message.text, found.message.secret),
        purpose=PURPOSES[line.purpose],
        state=STATES[line.state],
        sentence=sentence(line, goes_out=request.app[FACTS].mail_goes_out, suspended=organisation.suspended),
        may_retry=line.may_retry(request.app[CLOCK]()),
        done=_done(request),
    )
    shown.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return shown


async def preview(request: web.Request) -> web.Response:
    """GET .../mail/{mail}/html: the message as a mail program shows it, without living links."""
    found, _ = await _found(request)
    html = outbox.blanked(found.message.html, found.message.secret)
    return web.Response(
        text=html, content_type="text/html", headers={"Content-Security-Policy": PREVIEW_POLICY}
    )


async def retry(request: web.Request) -> web.Response:
    """POST .../mail/{mail}/retry"""
    found, _ = await _found(request)
    done = await _act(request, "retry", [found.id])
    raise web.HTTPSeeOther(f"{mail_url(organisation_of(request))}/{found.id}?{_counted('retry', done)}")


async def cancel(request: web.Request) -> web.Response:
    """POST .../mail/{mail}/cancel"""
    found, _ = await _found(request)
    done = await _act(request, "cancel", [found.id])
    raise web.HTTPSeeOther(f"{mail_url(organisation_of(request))}/{found.id}?{_counted('cancel', done)}")


async def act_on_selected(request: web.Request) -> web.Response:
    """POST .../mail: `action` on each message that is ticked."""
    form = await posted(request)
    action = next(iter(form.getlist("action")), "")
    if action not in _ACTIONS:
        raise web.HTTPBadRequest
    ids = [chosen for text in form.getlist("mail")[:PAGE] if (chosen := narrowing.number(text)) is not None]
    done = await _act(request, action, ids)
    raise web.HTTPSeeOther(f"{mail_url(organisation_of(request))}?{_counted(action, done)}")


_ACTIONS = {"retry": outbox.retry, "cancel": outbox.cancel}
_DONE = {
    "retried": ("is sent again", "are sent again"),
    "cancelled": ("was cancelled", "were cancelled"),
}


async def _act(request: web.Request, action: str, ids: list[int]) -> int:
    organisation = organisation_of(request)
    entries = [deed(request, organisation, f"mail.{action}", f"mail:{each}") for each in ids]
    return await request.app[STORE].write(_all, organisation.id, action, list(zip(ids, entries, strict=True)))


def _all(db: sqlite3.Connection, organisation_id: int, action: str, chosen: list[tuple[int, Entry]]) -> int:
    done = 0
    for outbox_id, entry in chosen:
        if _ACTIONS[action](db, organisation_id, outbox_id, entry.at):
            audit.record(db, entry)
            done += 1
    return done


def _counted(action: str, done: int) -> str:
    return f"{'retried' if action == 'retry' else 'cancelled'}={done}"


def _done(request: web.Request) -> str:
    """What the last action did, in words."""
    for name, (one, many) in _DONE.items():
        number = narrowing.number(request.query.get(name, ""))
        if number == 0:
            return "Nothing was changed: what you chose is not in a state for that any more."
        if number is not None:
            return f"1 message {one}." if number == 1 else f"{number} messages {many}."
    return ""


async def _found(request: web.Request) -> tuple[Queued, Line]:
    """The message that the address names; one of another organisation is the same 404 as none."""
    outbox_id = narrowing.number(request.match_info["mail"])
    if outbox_id is None:
        raise web.HTTPNotFound
    found = await request.app[STORE].read(_message, organisation_of(request).id, outbox_id)
    if found is None:
        raise web.HTTPNotFound
    return found


def _message(db: sqlite3.Connection, organisation_id: int, outbox_id: int) -> tuple[Queued, Line] | None:
    found = outbox.find(db, organisation_id, outbox_id)
    return (found, outbox_lists.line_of(found)) if found else None


def _listing(db: sqlite3.Connection, organisation_id: int, chosen: Narrowing) -> Listing:
    lines = outbox_lists.page(db, organisation_id, chosen.filter, before=chosen.before, limit=PAGE + 1)
    return Listing(lines[:PAGE], len(lines) > PAGE, outbox_lists.counts(db, organisation_id))
