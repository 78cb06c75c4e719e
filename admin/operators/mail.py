"""Mail: every organisation's outbox, and the provider's own."""

from datetime import UTC
from urllib.parse import urlencode

from aiohttp import web

from admin.keys import STORE
from admin.mail.narrowing import number
from admin.pages import page
from store import outbox_lists
from store.outbox import State
from store.outbox_lists import Filter

PAGE = 50
LONGEST_SEARCH = 254


async def show(request: web.Request) -> web.Response:
    """GET /mail?state=&search=&before="""
    store, query = request.app[STORE], request.query
    state = next((state for state in State if state.value == query.get("state", "")), None)
    search = query.get("search", "")[:LONGEST_SEARCH]
    before = number(query.get("before", ""))
    lines = await store.read(
        lambda db: outbox_lists.page_of_all(db, Filter(state, search), before=before, limit=PAGE + 1)
    )
    shown = lines[:PAGE]
    kept = {"state": state.value if state else "", "search": search}
    return page(
        request,
        "operators/mail.html",
        zone=UTC,
        lines=shown,
        state=state,
        search=search,
        states=[("", "Any"), *((each.value, each.value.capitalize()) for each in State)],
        counts=await store.read(outbox_lists.counts_of_all),
        first_url=f"/mail?{urlencode(kept)}" if before else None,
        next_url=f"/mail?{urlencode(kept | {'before': shown[-1].id})}" if len(lines) > PAGE else None,
    )
