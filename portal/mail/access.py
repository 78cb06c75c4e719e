"""Access: the mails by which people come in: invitation, account ready, reset, sign-in code, mail check.

Each link is used once; opening it shows a button, and only the button spends it.
"""

from portal import formats
from portal.mail.letter import Content, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import one_line
from portal.words import N_, _
from store.outbox import Purpose

_NOT_YOU = N_("If you did not ask for this, you need do nothing: nothing changes until the link is used.")


def invitation(head: Letterhead, *, account: str, path: str, secret: str, days: int) -> Letter:
    """To somebody who may use the portal of a customer: set a password, within so many days."""
    content = Content(
        subject=_("Your access to the customer portal of %(name)s", name=head.name),
        title=_("You are invited"),
        paragraphs=(
            _(
                "%(name)s has opened its customer portal to you for %(account)s. There you see"
                " invoices, payments and calls at any time.",
                name=head.name,
                account=one_line(account),
            ),
            _("Choose a password of your own, and you are in."),
        ),
        action=Link(_("Accept the invitation"), head.url(path)),
        notes=(
            works_once(days=days),
            _("If you did not expect this, you need do nothing."),
        ),
    )
    return render(head, Purpose.INVITATION, content, secret=secret)


def account_ready(head: Letterhead, *, account: str, email: str, path: str = "/") -> Letter:
    """To somebody whose sign-in was just made active."""
    content = Content(
        subject=_("Your account at %(name)s is ready", name=head.name),
        title=_("Your account is ready"),
        paragraphs=(_("You can now sign in to the customer portal of %(name)s.", name=head.name),),
        facts=((_("Account"), one_line(account)), (_("Sign-in"), email), (_("Address"), head.origin)),
        action=Link(_("Sign in"), head.url(path)),
    )
    return render(head, Purpose.ACCOUNT_READY, content)


def reset(head: Letterhead, *, path: str, secret: str, minutes: int) -> Letter:
    """To somebody who asked for a new password."""
    content = Content(
        subject=_("Choose a new password for %(name)s", name=head.name),
        title=_("Choose a new password"),
        paragraphs=(
            _(
                "Somebody, we hope you, asked for a new password at the customer portal of %(name)s.",
                name=head.name,
            ),
        ),
        action=Link(_("Choose a new password"), head.url(path)),
        notes=(works_once(minutes=minutes), _(_NOT_YOU)),
    )
    return render(head, Purpose.RESET, content, secret=secret, urgent=True)


def sign_in_code(head: Letterhead, *, code: str, minutes: int, path: str = "", secret: str = "") -> Letter:
    """To somebody who signs in with a code, or with the link whose token is `secret`."""
    content = Content(
        subject=_("Your sign-in code for %(name)s", name=head.name),
        title=_("Your sign-in code"),
        paragraphs=(_("Type this code on the page where you asked for it."),),
        code=code,
        action=Link(_("Or sign in with this link"), head.url(path)) if path else None,
        notes=(
            _(
                "The code works once, for %(span)s, and only in the browser that asked for it.",
                span=formats.span(minutes=minutes),
            ),
            _(
                "%(name)s never asks you for it by telephone. If you did not ask for it, you need do nothing.",
                name=head.name,
            ),
        ),
    )
    return render(head, Purpose.SIGN_IN_CODE, content, secret=f"{code} {secret}".strip(), urgent=True)


def mail_check(head: Letterhead, *, path: str, secret: str, hours: int) -> Letter:
    """To somebody who registers: whether the address is theirs."""
    content = Content(
        subject=_("Confirm your e-mail address for %(name)s", name=head.name),
        title=_("Confirm your e-mail address"),
        paragraphs=(
            _("This address was given to register at the customer portal of %(name)s.", name=head.name),
        ),
        action=Link(_("Confirm the address"), head.url(path)),
        notes=(works_once(hours=hours), _(_NOT_YOU)),
    )
    return render(head, Purpose.MAIL_CHECK, content, secret=secret, urgent=True)


def registration_refused(head: Letterhead) -> Letter:
    """To somebody whose registration an admin refused."""
    content = Content(
        subject=_("Your registration at %(name)s", name=head.name),
        title=_("Your registration was not accepted"),
        paragraphs=(
            _("%(name)s could not accept your registration for its customer portal.", name=head.name),
            _("If you think that this is a mistake, please get in touch; you find how below."),
        ),
    )
    return render(head, Purpose.REGISTRATION_REFUSED, content)


def works_once(*, days: int = 0, hours: int = 0, minutes: int = 0) -> str:
    """How long a link works."""
    span = formats.span(days=days, hours=hours, minutes=minutes)
    return _("The link works once, for %(span)s.", span=span)
