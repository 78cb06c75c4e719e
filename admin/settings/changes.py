"""Changes: the log of the settings, and taking a change back."""

import sqlite3
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.keys import STORE
from admin.pages import access_url, page
from admin.rights import organisation_of
from admin.saving import PictureGone, undo
from admin.settings import setting_words
from portal.links import link
from store import setting_changes, setting_values
from store.provider_labels import NotRenamed
from store.setting_changes import Change, Clashed, Saved

PAGE = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A change in the log; `stands`: all of it is as it left it, so that it can be undone."""

    change: Change
    rows: list[tuple[str, str, str]]
    stands: bool


async def show(request: web.Request) -> web.Response:
    """GET .../changes?setting=&before="""
    return await _page(request)


async def take_back(request: web.Request) -> web.Response:
    """POST .../changes/{change_id}/undo"""
    result = await undo(request, int(request.match_info["change_id"]))
    match result:
        case None:
            raise web.HTTPNotFound
        case Clashed(clashes):
            reasons = [setting_words.clash(each) for each in clashes]
            return await _page(request, status=409, refused=reasons)
        case PictureGone():
            gone = (
                "The picture that this would bring back is not kept any more. Upload it again under Branding."
            )
            return await _page(request, status=409, refused=[gone])
        case NotRenamed(reason):
            return await _page(request, status=409, refused=[f"{reason[:1].upper()}{reason[1:]}."])
        case Saved():
            raise web.HTTPSeeOther(f"{access_url(organisation_of(request))}/changes?undone=1")


async def _page(request: web.Request, *, status: int = 200, refused: list[str] | None = None) -> web.Response:
    organisation = organisation_of(request)
    name = request.query.get("setting", "")
    name = name if name in setting_values.NAMES else ""
    before = _number(request.query.get("before", ""))
    found = await request.app[STORE].read(_entries, organisation.id, name, before)
    url = f"{access_url(organisation)}/changes"
    older = found[PAGE - 1].change.id if len(found) > PAGE else None
    return page(
        request,
        "settings/changes.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=access_url(organisation),
        tab="changes",
        entries=found[:PAGE],
        chosen=name,
        options=[
            ("", "All settings"),
            *((each, setting_words.setting(each)) for each in setting_values.NAMES),
        ],
        refused=refused or [],
        undone=status == 200 and "undone" in request.query,
        newest_url=link(url, setting=name) if before else None,
        older_url=link(url, setting=name, before=older) if older else None,
    )


def _entries(db: sqlite3.Connection, organisation_id: int, name: str, before: int | None) -> list[Entry]:
    present = setting_values.values(db, organisation_id)
    changes = setting_changes.page(db, organisation_id, name=name, before=before, limit=PAGE + 1)
    return [
        Entry(
            change,
            setting_words.rows(change.fields),
            all(present.get(each) == after for each, (_, after) in change.fields.items()),
        )
        for change in changes
    ]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
