"""API tokens: the list with the form of a new one, one token, and what is shown once."""

import sqlite3
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.api_tokens.forms import TokenForm
from admin.deeds import deed
from admin.keys import CLOCK, FACTS, STORE, VISITOR
from admin.pages import home_url, page
from admin.rights import organisation_of
from portal.forms import posted
from portal.tenancy import origin
from store import api_tokens, audit, staff
from store.api_tokens import SCOPES, ApiToken, Made, NewToken, in_order
from store.audit import Entry


async def index(request: web.Request) -> web.Response:
    """GET .../api"""
    return await _index(request, TokenForm())


async def make(request: web.Request) -> web.Response:
    """POST .../api: the answer is the one page that shows the token."""
    organisation = organisation_of(request)
    if request.app[FACTS].api_host is None:
        raise web.HTTPNotFound
    form = TokenForm(await posted(request))
    if not form.validate():
        return await _index(request, form, status=422)
    now = request.app[CLOCK]()
    by = f"staff:{request[VISITOR].member.id}"
    new = NewToken(form.name.data or "", form.chosen, form.expires_at(now), by)
    entry = deed(request, organisation, "api_token.made", new.name, scopes=" ".join(in_order(new.scopes)))
    made = await request.app[STORE].write(_make, organisation.id, new, entry)
    return _page(request, "made.html", made=made)


async def show(request: web.Request) -> web.Response:
    """GET .../api/{token_id}"""
    token = await _token(request)
    made_by = await request.app[STORE].read(_maker, token)
    return _page(request, "show.html", token=token, made_by=made_by)


async def revoke(request: web.Request) -> web.Response:
    """POST .../api/{token_id}/revoke"""
    token, organisation = await _token(request), organisation_of(request)
    entry = deed(request, organisation, "api_token.revoked", token.name, token=str(token.id))
    await request.app[STORE].write(_revoke, organisation.id, token.id, entry)
    raise web.HTTPSeeOther(f"{_url(request)}?revoked={token.id}")


async def _index(request: web.Request, form: TokenForm, status: int = 200) -> web.Response:
    found = await request.app[STORE].read(api_tokens.of_organisation, organisation_of(request).id)
    revoked = request.query.get("revoked", "")
    return _page(
        request,
        "index.html",
        status=status,
        form=form,
        tokens=found,
        revoked=next((token for token in found if str(token.id) == revoked and token.revoked_at), None),
    )


def _page(request: web.Request, template: str, *, status: int = 200, **context: object) -> web.Response:
    organisation, facts = organisation_of(request), request.app[FACTS]
    api_url = origin(facts.api_host, facts.public_https_port) + "/api/v1" if facts.api_host else None
    return page(
        request,
        f"api_tokens/{template}",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=_url(request),
        api_url=api_url,
        words=SCOPES,
        in_order=in_order,
        **context,
    )


def _url(request: web.Request) -> str:
    return f"{home_url(organisation_of(request))}/api"


async def _token(request: web.Request) -> ApiToken:
    token_id = int(request.match_info["token_id"])
    found = await request.app[STORE].read(api_tokens.by_id, organisation_of(request).id, token_id)
    if found is None:
        raise web.HTTPNotFound
    return found


def _maker(db: sqlite3.Connection, token: ApiToken) -> str:
    kind, _, key = token.made_by.partition(":")
    member = staff.by_id(db, int(key)) if kind == "staff" else None
    return member.email if member else "somebody who has left" if kind == "staff" else "the command line"


def _make(db: sqlite3.Connection, organisation_id: int, new: NewToken, entry: Entry) -> Made:
    audit.record(db, entry)
    return api_tokens.make(db, organisation_id, new, entry.at)


def _revoke(db: sqlite3.Connection, organisation_id: int, token_id: int, entry: Entry) -> None:
    if api_tokens.revoke(db, organisation_id, token_id, entry.at):
        audit.record(db, entry)
