"""The chooser, for users with several accounts."""

from aiohttp import web

from portal import pages
from portal.forms import fields, text
from portal.services import services
from portal.signin.next_url import safe_next
from portal.visit import Visit
from store import sessions


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /accounts"""
    return pages.render(request, "accounts/choose.html", visit=visit)


async def choose(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /accounts: look at the account of this reference from now on, and go on to `next`."""
    form = await fields(request)
    reference = text(form, "account")
    chosen = [account for account in visit.memberships if account.reference == reference]
    if not chosen:
        raise web.HTTPNotFound
    await services(request).store.write(
        sessions.choose_account, visit.session.token_hash, chosen[0].account_id
    )
    raise web.HTTPSeeOther(safe_next(text(form, "next")))
