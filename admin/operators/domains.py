"""Domains: every organisation's names, by state, found by a part of the name."""

from datetime import UTC
from urllib.parse import urlencode

from aiohttp import web

from admin.keys import CLOCK, STORE
from admin.pages import page
from admin.wizard.causes import explain
from store import domain_lists
from store.domain_lists import View

PAGE = 50
LONGEST_SEARCH = 253
WORDS = {
    View.ALL: "All",
    View.WAITING_FOR_US: "Waiting for us",
    View.SETTING_UP: "Being set up",
    View.LIVE: "Live",
    View.LOST: "Record lost",
    View.FAILED: "Certificate failed",
}


async def show(request: web.Request) -> web.Response:
    """GET /domains?view=&search=&after="""
    store, now, query = request.app[STORE], request.app[CLOCK](), request.query
    view = _view(query.get("view", ""))
    search = query.get("search", "")[:LONGEST_SEARCH]
    rows = await store.read(domain_lists.page, view, search, query.get("after", ""), now, PAGE + 1)
    shown = rows[:PAGE]
    kept = {"view": view.value, "search": search}
    return page(
        request,
        "operators/domains.html",
        zone=UTC,
        rows=shown,
        view=view,
        search=search,
        views=[(each.value, WORDS[each]) for each in View],
        counts=await store.read(domain_lists.counts),
        words=WORDS,
        explain=explain,
        first_url=f"/domains?{urlencode(kept)}" if query.get("after") else None,
        next_url=f"/domains?{urlencode(kept | {'after': shown[-1].hostname})}" if len(rows) > PAGE else None,
    )


def _view(text: str) -> View:
    return next((view for view in View if view.value == text), View.ALL)
