"""Notices: what customers' people are told about their sign-in and their details."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from portal import formats
from portal.mail.letter import Content, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import one_line
from portal.words import N_, _, said
from store.outbox import Purpose


class Happened(Enum):
    """What a security notice tells: title, and the sentence; both marked."""

    PASSWORD_CHANGED = (N_("Your password was changed"), N_("The password of your sign-in was changed."))
    NEW_DEVICE = (
        N_("A sign-in from a new device"),
        N_("Somebody signed in with your password from a device we had not seen."),
    )
    FACTOR_ON = (
        N_("Second step switched on"),
        N_("Signing in now also asks for a code from your authenticator app."),
    )
    FACTOR_OFF = (
        N_("Second step switched off"),
        N_("Signing in no longer asks for a code from your authenticator app."),
    )
    RECOVERY_CODE_USED = (
        N_("A recovery code was used"),
        N_("Somebody signed in with one of your recovery codes."),
    )
    EMAIL_CHANGED = (
        N_("Your e-mail address was changed"),
        N_("Your sign-in now has another e-mail address than this one."),
    )


def security(
    head: Letterhead,
    happened: Happened,
    *,
    at: datetime,
    zone: ZoneInfo,
    address: str = "",
    agent: str = "",
    path: str = "/",
) -> Letter:
    """Something happened to a sign-in; it cannot be switched off. `address` and `agent` are where from."""
    title, sentence = map(said, happened.value)
    local = formats.local_time(at, zone)
    facts = (
        (_("When"), f"{local.day}, {local.clock}" + (f" {local.mark}" if local.mark else "")),
        (_("From the address"), one_line(address)),
        (_("With"), one_line(agent, 200)),
    )
    content = Content(
        subject=f"{title}: {head.name}",
        title=title,
        paragraphs=(sentence, _("If that was you, there is nothing to do.")),
        facts=tuple((label, value) for label, value in facts if value),
        action=Link(_("Look at your sign-in"), head.url(path)),
        notes=(_("If it was not you, choose a new password at once and tell %(name)s.", name=head.name),),
    )
    return render(head, Purpose.SECURITY, content, urgent=True)


def details_decided(
    head: Letterhead, *, approved: bool, account: str, changes: Sequence[tuple[str, str]], path: str
) -> Letter:
    """An admin approved or refused a change of details; `changes` are labels and the values asked for."""
    if approved:
        subject = _("Your change of details was approved: %(name)s", name=head.name)
        title = _("Your change was approved")
        sentence = _("The change that you asked for, for %(account)s, now stands.", account=one_line(account))
    else:
        subject = _("Your change of details was not approved: %(name)s", name=head.name)
        title = _("Your change was not approved")
        sentence = _(
            "The change that you asked for, for %(account)s, was not made. Your details stay as they were.",
            account=one_line(account),
        )
    content = Content(
        subject=subject,
        title=title,
        paragraphs=(sentence,),
        facts=tuple((one_line(label), one_line(value)) for label, value in changes),
        action=Link(_("See your details"), head.url(path)),
    )
    return render(head, Purpose.DETAILS_DECIDED, content)


def contact_changed(
    head: Letterhead, *, account: str, new: str, at: datetime, zone: ZoneInfo, path: str
) -> Letter:
    """To the address of a customer that stood until now; `new` is masked."""
    local = formats.local_time(at, zone)
    content = Content(
        subject=_("The e-mail address of your account was changed: %(name)s", name=head.name),
        title=_("The e-mail address of your account was changed"),
        paragraphs=(
            _(
                "%(name)s no longer writes about %(account)s to this address.",
                name=head.name,
                account=one_line(account),
            ),
            _("If you or somebody who looks after the account wanted that, there is nothing to do."),
        ),
        facts=(
            (_("New address"), one_line(new)),
            (_("When"), f"{local.day}, {local.clock}" + (f" {local.mark}" if local.mark else "")),
        ),
        action=Link(_("See who changed it, and change it back"), head.url(path)),
        notes=(
            _(
                "If nobody of yours wanted it, sign in, change the address back and choose a new password,"
                " and tell %(name)s at once: you find how below.",
                name=head.name,
            ),
        ),
    )
    return render(head, Purpose.SECURITY, content, urgent=True)
