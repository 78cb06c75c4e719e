"""Links by which staff choose a password: sent on request, shown by a GET, spent by a POST alone."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.keys import CLOCK, FACTS, PASSWORDS, STORE, VISITOR
from admin.pages import page
from admin.staff.reach import entry_of, member_of, organisation_or_none, url_of
from portal import csrf, mail
from portal.forms import posted
from portal.mail import Provider, staffing
from portal.new_password import HINT
from portal.security.forms import ChoiceForm
from portal.security.proof import require
from portal.tenancy import HOSTNAME
from store import audit, outbox, sessions, staff, staff_links, viewings
from store.audit import Entry
from store.hostname import Hostname
from store.staff import Member


@dataclass(frozen=True, slots=True)
class Post:
    """What it takes to send somebody a link: who it is from, and the console's own host."""

    provider: Provider
    host: Hostname
    place: str

    def send(self, db: sqlite3.Connection, member: Member, now: datetime) -> None:
        """Queue a new link; those that were sent before are void."""
        token = staff_links.issue(db, member.id, self.host, now)
        head, path, days = (
            mail.of_provider(self.provider),
            f"/set-password/{token}",
            staff_links.LIFETIME.days,
        )
        if member.invited:
            letter = staffing.welcome(head, place=self.place, path=path, secret=token, days=days)
        else:
            letter = staffing.new_password(head, path=path, secret=token, days=days)
        message = letter.to(
            member.email, mail.provider_sender(self.provider), expires_at=now + staff_links.LIFETIME
        )
        outbox.put(db, member.organisation_id, message, now)


def post_of(request: web.Request) -> Post:
    """The post of a request."""
    organisation, provider = organisation_or_none(request), request.app[FACTS].mail
    return Post(provider, request[HOSTNAME], organisation.name if organisation else provider.name)


async def send(request: web.Request) -> web.Response:
    """POST .../staff/{member}/link: a new link; their present password stands until it is used."""
    member, url = await member_of(request), url_of(organisation_or_none(request))
    require(request[VISITOR].session, request.app[CLOCK](), url)
    if not mail.is_address(member.email):
        raise web.HTTPSeeOther(f"{url}?done=no-address")
    entry = entry_of(request, "staff.link_sent", member.email)
    await request.app[STORE].write(_send, member, entry, post_of(request))
    raise web.HTTPSeeOther(f"{url}?done=link")


async def show(request: web.Request) -> web.Response:
    """GET /set-password/{token}: a form; nothing is spent."""
    member = await _look(request)
    return _gone(request) if member is None else _page(request, member, ChoiceForm())


async def choose(request: web.Request) -> web.Response:
    """POST /set-password/{token}"""
    await csrf.check_token(request, csrf.form_token(request))
    member, app = await _look(request), request.app
    if member is None:
        return _gone(request)
    form = ChoiceForm(await posted(request))
    if not form.check(member.email, app[FACTS].operator_name):
        return _page(request, member, form, status=400)
    hashed = await app[PASSWORDS].hash(form.password.data or "")
    token, host, now = request.match_info["token"], request[HOSTNAME], app[CLOCK]()
    if not await app[STORE].write(_choose, token, host, hashed, request.remote or "", now):
        return _gone(request)
    raise web.HTTPSeeOther("/sign-in?password-chosen=1")


def _send(db: sqlite3.Connection, member: Member, entry: Entry, post: Post) -> None:
    post.send(db, member, entry.at)
    audit.record(db, entry)


def _choose(
    db: sqlite3.Connection, token: str, host: Hostname, hashed: str, address: str, now: datetime
) -> bool:
    """Spend the link; whoever was signed in with the password before is signed out."""
    member = staff_links.spend(db, token, host, now)
    if member is None:
        return False
    viewings.end_of_staff(db, member.id, now)
    staff.keep_password(db, member.id, hashed)
    sessions.remove_of_staff(db, member.id)
    actor = member.owner.actor
    entry = Entry(member.organisation_id, actor, "staff.password_chosen", actor, {}, address, now)
    audit.record(db, entry)
    return True


async def _look(request: web.Request) -> Member | None:
    token = request.match_info["token"]
    return await request.app[STORE].read(staff_links.look, token, request[HOSTNAME], request.app[CLOCK]())


def _page(request: web.Request, member: Member, form: ChoiceForm, *, status: int = 200) -> web.Response:
    token = csrf.form_token(request) or csrf.new_token()
    response = page(
        request, "staff/choose.html", status=status, form=form, email=member.email, csrf=token, hint=HINT
    )
    csrf.put_form_token(response, token)
    return _quiet(response)


def _gone(request: web.Request) -> web.Response:
    return _quiet(page(request, "staff/gone.html", status=404))


def _quiet(response: web.Response) -> web.Response:
    """A page whose address is a secret."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
