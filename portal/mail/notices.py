"""Notices: what customers' people are told about their sign-in and their details."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from portal import formats
from portal.mail.letter import Content, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import one_line
from store.outbox import Purpose


class Happened(Enum):
    """What a security notice tells: title, and the sentence."""

    PASSWORD_CHANGED = ("Your password was changed", "The password of your sign-in was changed.")
    NEW_DEVICE = (
        "A sign-in from a new device",
        "Somebody signed in with your password from a device we had not seen.",
    )
    FACTOR_ON = (
        "Second step switched on",
        "Signing in now also asks for a code from your authenticator app.",
    )
    FACTOR_OFF = (
        "Second step switched off",
        "Signing in no longer asks for a code from your authenticator app.",
    )
    RECOVERY_CODE_USED = ("A recovery code was used", "Somebody signed in with one of your recovery codes.")
    EMAIL_CHANGED = (
        "Your e-mail address was changed",
        "Your sign-in now has another e-mail address than this one.",
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
    title, sentence = happened.value
    local = formats.local_time(at, zone)
    facts = (
        ("When", f"{local.day}, {local.clock}" + (f" {local.mark}" if local.mark else "")),
        ("From the address", one_line(address)),
        ("With", one_line(agent, 200)),
    )
    content = Content(
        subject=f"{title}: {head.name}",
        title=title,
        paragraphs=(sentence, "If that was you, there is nothing to do."),
        facts=tuple((label, value) for label, value in facts if value),
        action=Link("Look at your sign-in", head.url(path)),
        notes=(f"If it was not you, choose a new password at once and tell {head.name}.",),
    )
    return render(head, Purpose.SECURITY, content, urgent=True)


def details_decided(
    head: Letterhead, *, approved: bool, account: str, changes: Sequence[tuple[str, str]], path: str
) -> Letter:
    """An admin approved or refused a change of details; `changes` are labels and the values asked for."""
    word = "approved" if approved else "not approved"
    content = Content(
        subject=f"Your change of details was {word}: {head.name}",
        title=f"Your change was {word}",
        paragraphs=(
            f"The change that you asked for, for {one_line(account)}, "
            + ("now stands." if approved else "was not made. Your details stay as they were."),
        ),
        facts=tuple((one_line(label), one_line(value)) for label, value in changes),
        action=Link("See your details", head.url(path)),
    )
    return render(head, Purpose.DETAILS_DECIDED, content)
