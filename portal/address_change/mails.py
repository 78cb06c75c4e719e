"""The mails of another address: a link to confirm it, and the word to the old one, by which it can be taken back."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portal import formats
from portal.mail import Content, Letter, Letterhead, Link
from portal.mail.access import works_once
from portal.mail.letter import render
from portal.mail.plain import one_line
from portal.security import devices
from portal.words import _
from store.outbox import Purpose

CONFIRM = "/address"
BACK = "/address/back"


@dataclass(frozen=True, slots=True)
class Where:
    """When and from where it was changed."""

    at: datetime
    zone: ZoneInfo
    address: str
    device: str


def confirm(head: Letterhead, *, token: str, hours: int) -> Letter:
    """To the new address: whether it is theirs."""
    content = Content(
        subject=_("Confirm your new address for %(name)s", name=head.name),
        title=_("Confirm your new address"),
        paragraphs=(
            _(
                "Somebody who signs in at the customer portal of %(name)s wants to do so with this address.",
                name=head.name,
            ),
        ),
        action=Link(_("Look at the change"), head.url(f"{CONFIRM}/{token}")),
        notes=(
            works_once(hours=hours),
            _("If it was not you, you need do nothing: nothing changes until the link is used."),
        ),
    )
    return render(head, Purpose.MAIL_CHECK, content, secret=token, urgent=True)


def changed(head: Letterhead, where: Where, *, token: str, days: int) -> Letter:
    """To the old address: it is no longer the one, and how to take that back; cannot be switched off."""
    local = formats.local_time(where.at, where.zone)
    facts = (
        (_("When"), f"{local.day}, {local.clock}" + (f" {local.mark}" if local.mark else "")),
        (_("From the address"), one_line(where.address)),
        (_("With"), one_line(devices.shown(where.device), 200)),
    )
    content = Content(
        subject=_("Your e-mail address was changed: %(name)s", name=head.name),
        title=_("Your e-mail address was changed"),
        paragraphs=(
            _("Your sign-in at %(name)s now has another e-mail address than this one.", name=head.name),
            _("If that was you, there is nothing to do."),
        ),
        facts=tuple((label, value) for label, value in facts if value),
        action=Link(_("It was not me: take it back"), head.url(f"{BACK}/{token}")),
        notes=(
            works_once(days=days),
            _(
                "It brings this address back, signs you out everywhere and lets you choose a new password."
                " Then tell %(name)s.",
                name=head.name,
            ),
        ),
    )
    return render(head, Purpose.SECURITY, content, secret=token, urgent=True)
