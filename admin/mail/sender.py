"""The sender: From and Reply-To of an organisation's mails, the record that proves the domain, a test mail."""

import sqlite3
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.deeds import deed
from admin.keys import FACTS, STORE, VISITOR
from admin.mail.forms import SenderForm, TestForm
from admin.mail.record import Found, judge, wanted
from admin.pages import mail_url, page
from admin.rights import organisation_of
from portal import mail
from portal.forms import posted
from store import audit, origins, outbox, portals, senders
from store.audit import Entry
from store.portals import Portal
from store.senders import Sender


async def show(request: web.Request) -> web.Response:
    """GET .../mail/sender"""
    sender = await request.app[STORE].read(senders.find, organisation_of(request).id)
    form = SenderForm(mail_from=sender.mail_from, reply_to=sender.reply_to)
    return await _page(request, form, TestForm(address=_member(request)))


async def save(request: web.Request) -> web.Response:
    """POST .../mail/sender"""
    organisation = organisation_of(request)
    form = SenderForm(await posted(request))
    if not form.validate():
        return await _page(request, form, TestForm(address=_member(request)), status=422)
    values = {"mail_from": form.mail_from.data or "", "reply_to": form.reply_to.data or ""}
    entry = deed(request, organisation, "mail.sender_changed", organisation.slug, **values)
    await request.app[STORE].write(_save, entry)
    raise web.HTTPSeeOther(f"{mail_url(organisation)}/sender?saved=1")


async def check(request: web.Request) -> web.Response:
    """POST .../mail/sender/check: look at the record now."""
    organisation, store = organisation_of(request), request.app[STORE]
    sender = await store.read(senders.find, organisation.id)
    if not sender.domain:
        raise web.HTTPSeeOther(f"{mail_url(organisation)}/sender")
    found = judge(sender, await request.app[FACTS].texts(wanted(sender).name))
    if found is Found.VERIFIED and sender.verified_at is None:
        entry = deed(
            request, organisation, "mail.sender_verified", organisation.slug, mail_from=sender.mail_from
        )
        await store.write(_verify, sender, entry)
    raise web.HTTPSeeOther(f"{mail_url(organisation)}/sender?found={found.value}#record")


async def send_test(request: web.Request) -> web.Response:
    """POST .../mail/sender/test: a mail to somebody, from the sender as it is now."""
    organisation = organisation_of(request)
    form = TestForm(await posted(request))
    if not form.validate():
        sender = await request.app[STORE].read(senders.find, organisation.id)
        kept = SenderForm(mail_from=sender.mail_from, reply_to=sender.reply_to)
        return await _page(request, kept, form, status=422)
    entry = deed(request, organisation, "mail.test", organisation.slug, recipient=form.address.data or "")
    outbox_id = await request.app[STORE].write(_queue_test, request.app[FACTS].mail, entry)
    raise web.HTTPSeeOther(f"{mail_url(organisation)}/{outbox_id}")


async def _page(
    request: web.Request, form: SenderForm, test_form: TestForm, status: int = 200
) -> web.Response:
    organisation, facts = organisation_of(request), request.app[FACTS]
    portal = await request.app[STORE].read(portals.find, organisation.id)
    assert portal
    sender = Sender(
        portal.mail_from, portal.mail_reply_to, portal.mail_from_token, portal.mail_from_verified_at
    )
    return page(
        request,
        "mail/sender.html",
        status=status,
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        url=mail_url(organisation),
        form=form,
        test_form=test_form,
        sender=sender,
        record=wanted(sender) if sender.domain else None,
        now_from=mail.sender_of(portal, facts.mail),
        found=_asked(request),
        saved="saved" in request.query,
        provider_address=facts.mail.address,
    )


def _asked(request: web.Request) -> Found | None:
    text = request.query.get("found", "")
    return Found(text) if text in {each.value for each in Found} else None


def _member(request: web.Request) -> str:
    return request[VISITOR].member.email


def _save(db: sqlite3.Connection, entry: Entry) -> None:
    assert entry.organisation_id is not None
    senders.save(db, entry.organisation_id, entry.detail["mail_from"], entry.detail["reply_to"], entry.at)
    audit.record(db, entry)


def _verify(db: sqlite3.Connection, sender: Sender, entry: Entry) -> None:
    assert entry.organisation_id is not None
    if senders.verify(db, entry.organisation_id, sender.token, entry.at):
        audit.record(db, entry)


def _queue_test(db: sqlite3.Connection, provider: mail.Provider, entry: Entry) -> int:
    assert entry.organisation_id is not None
    portal = portals.find(db, entry.organisation_id)
    assert portal
    head = mail.of_portal(portal, _origin(db, portal, provider))
    letter = mail.duties.test(head, organisation=portal.name)
    message = letter.to(entry.detail["recipient"], mail.sender_of(portal, provider))
    audit.record(db, entry)
    return outbox.put(db, entry.organisation_id, message, entry.at)


def _origin(db: sqlite3.Connection, portal: Portal, provider: mail.Provider) -> str:
    found = origins.canonical_origin(db, portal.organisation_id, provider.public_port)
    return found or provider.console_origin
