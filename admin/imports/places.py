"""Places: where the pages of billing runs are, what their URLs name, and the words that all of them use."""

import sqlite3
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.imports import words
from admin.pages import home_url, page
from admin.rights import organisation_of
from store import staff
from store.organisations import Organisation

_LONGEST_ID = 15


def runs_url(organisation: Organisation) -> str:
    """The list of billing runs."""
    return f"{home_url(organisation)}/imports"


def attempt_url(organisation: Organisation, attempt_id: int) -> str:
    """One import, as it goes or went."""
    return f"{runs_url(organisation)}/attempts/{attempt_id}"


def batch_url(organisation: Organisation, batch_id: int) -> str:
    """One batch with its preview."""
    return f"{runs_url(organisation)}/{batch_id}"


def file_url(organisation: Organisation, upload_id: int) -> str:
    """An uploaded file and its columns."""
    return f"{runs_url(organisation)}/files/{upload_id}"


def named(request: web.Request, name: str) -> int:
    """The id in a route's place of this name."""
    return int(request.match_info[name])


def number(text: str) -> int | None:
    """The id that a text of a query is, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None


def run_page(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A page of billing runs."""
    organisation = organisation_of(request)
    return page(
        request,
        f"imports/{template}",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        runs_url=runs_url(organisation),
        words=words,
        **context,
    )


def people(db: sqlite3.Connection, actors: Iterable[str]) -> dict[str, str]:
    """Actors as the audit writes them -> as people know them."""
    return {actor: _person(db, actor) for actor in set(actors)}


def _person(db: sqlite3.Connection, actor: str) -> str:
    kind, _, key = actor.partition(":")
    if kind == "staff" and key.isdigit():
        member = staff.by_id(db, int(key))
        return member.email if member else "somebody who has left"
    return {"cli": "the command line", "token": "the API", "": ""}.get(kind, actor)
