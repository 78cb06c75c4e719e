"""Conflicts: details that the customer and the source both changed; an admin says whose stand."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from admin.deeds import deed
from admin.imports.places import number, run_page, runs_url
from admin.imports.words import FIELDS, several
from admin.keys import STORE
from admin.rights import organisation_of
from portal.forms import fields
from portal.links import link
from store import audit, conflicts
from store.audit import Entry
from store.conflicts import Conflict, Cursor, Keep

A_PAGE = 50
STEP = 50
MOST_STEPS = 200
"""Of a decision about all of them: ten thousand."""
_KEEPS: dict[str, Keep] = {"customer": "customer", "source": "source"}


async def index(request: web.Request) -> web.Response:
    """GET .../imports/conflicts"""
    organisation, store = organisation_of(request), request.app[STORE]
    after = _cursor(request)
    found = await store.read(conflicts.page, organisation.id, after, A_PAGE + 1)
    url = f"{runs_url(organisation)}/conflicts"
    last = found[A_PAGE - 1] if len(found) > A_PAGE else None
    return run_page(
        request,
        "conflicts.html",
        found=found[:A_PAGE],
        count=await store.read(conflicts.count, organisation.id),
        url=url,
        key_of=key_of,
        done=_done(request),
        first_url=url if after else None,
        next_url=link(url, account=last.account_id, field=last.field) if last else None,
    )


async def decide(request: web.Request) -> web.Response:
    """POST .../imports/conflicts: keep theirs, or take the source's, for those that are ticked or for all."""
    organisation, given = organisation_of(request), await fields(request)
    keep = _KEEPS.get(str(given.get("keep", "")))
    if keep is None:
        raise web.HTTPBadRequest
    entry = deed(request, organisation, f"details.kept_{keep}", organisation.slug)
    if "all" in given:
        decided, other = await _all(request, keep, entry), 0
    else:
        keys = [parsed(text) for text in given.getall("conflict", [])[:A_PAGE] if isinstance(text, str)]
        decided, other = await request.app[STORE].write(_chosen, [key for key in keys if key], keep, entry)
    raise web.HTTPSeeOther(link(f"{runs_url(organisation)}/conflicts", decided=decided, other=other or ""))


async def _all(request: web.Request, keep: Keep, entry: Entry) -> int:
    """In steps, so that nobody's write waits for thousands of decisions."""
    decided = 0
    for _ in range(MOST_STEPS):
        some = await request.app[STORE].write(_some, keep, entry)
        decided += some
        if some < STEP:
            break
    return decided


@dataclass(frozen=True, slots=True)
class Key:
    """A conflict as a form names it, with a digest of what the admin saw of it, so that nothing else is decided."""

    account_id: int
    field: str
    digest: str

    def __str__(self) -> str:
        return f"{self.account_id}.{self.field}.{self.digest}"


def key_of(conflict: Conflict) -> Key:
    """The key of a conflict as it is now."""
    values = json.dumps([conflict.before, conflict.now, conflict.value]).encode()
    return Key(conflict.account_id, conflict.field, hashlib.sha256(values).hexdigest()[:32])


def parsed(text: str) -> Key | None:
    """The key that a form has sent."""
    account, _, rest = text.partition(".")
    field, _, digest = rest.partition(".")
    account_id = number(account)
    return Key(account_id, field, digest) if account_id is not None and field in FIELDS else None


def _chosen(db: sqlite3.Connection, keys: Sequence[Key], keep: Keep, entry: Entry) -> tuple[int, int]:
    """How many were decided, and how many are others by now than what was shown."""
    assert entry.organisation_id is not None
    decided = 0
    for key in keys:
        found = conflicts.find(db, entry.organisation_id, key.account_id, key.field)
        if found and key_of(found) == key:
            conflicts.resolve(db, entry.organisation_id, found, keep, actor=entry.actor, now=entry.at)
            audit.record(db, _about(entry, found))
            decided += 1
    return decided, len(keys) - decided


def _some(db: sqlite3.Connection, keep: Keep, entry: Entry) -> int:
    assert entry.organisation_id is not None
    found = conflicts.resolve_some(
        db, entry.organisation_id, keep, actor=entry.actor, now=entry.at, limit=STEP
    )
    for conflict in found:
        audit.record(db, _about(entry, conflict))
    return len(found)


def _about(entry: Entry, conflict: Conflict) -> Entry:
    detail = {"field": conflict.field, "customer": conflict.value, "source": conflict.now}
    return replace(entry, object=f"account:{conflict.reference}", detail=detail)


def _cursor(request: web.Request) -> Cursor | None:
    account = number(request.query.get("account", ""))
    field = request.query.get("field", "")
    return Cursor(account, field) if account is not None and field in FIELDS else None


def _done(request: web.Request) -> str:
    decided, other = (number(request.query.get(name, "")) for name in ("decided", "other"))
    if decided is None:
        return ""
    if not decided and not other:
        return "Choose what you want to decide first."
    sentences = [f"{several(decided, 'decision')} kept."] if decided else []
    if other:
        sentences.append(f"{several(other, 'detail')} changed meanwhile: please look at them again.")
    return " ".join(sentences)
