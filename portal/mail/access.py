"""Access: the mails by which people come in: invitation, account ready, reset, sign-in code, mail check.

Each link is used once; opening it shows a button, and only the button spends it.
"""

from portal.mail.durations import in_words
from portal.mail.letter import Content, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import one_line
from store.outbox import Purpose

_NOT_YOU = "If you did not ask for this, you need do nothing: nothing changes until the link is used."


def invitation(head: Letterhead, *, account: str, path: str, secret: str, days: int) -> Letter:
    """To somebody who may use the portal of a customer: set a password, within so many days."""
    content = Content(
        subject=f"Your access to the customer portal of {head.name}",
        title="You are invited",
        paragraphs=(
            f"{head.name} has opened its customer portal to you for {one_line(account)}. There you see"
            " invoices, payments and calls at any time.",
            "Choose a password of your own, and you are in.",
        ),
        action=Link("Accept the invitation", head.url(path)),
        notes=(
            f"The link works once, for {in_words(days=days)}.",
            "If you did not expect this, you need do nothing.",
        ),
    )
    return render(head, Purpose.INVITATION, content, secret=secret)


def account_ready(head: Letterhead, *, account: str, email: str, path: str = "/") -> Letter:
    """To somebody whose sign-in was just made active."""
    content = Content(
        subject=f"Your account at {head.name} is ready",
        title="Your account is ready",
        paragraphs=(f"You can now sign in to the customer portal of {head.name}.",),
        facts=(("Account", one_line(account)), ("Sign-in", email), ("Address", head.origin)),
        action=Link("Sign in", head.url(path)),
    )
    return render(head, Purpose.ACCOUNT_READY, content)


def reset(head: Letterhead, *, path: str, secret: str, minutes: int) -> Letter:
    """To somebody who asked for a new password."""
    content = Content(
        subject=f"Choose a new password for {head.name}",
        title="Choose a new password",
        paragraphs=(
            f"Somebody, we hope you, asked for a new password at the customer portal of {head.name}.",
        ),
        action=Link("Choose a new password", head.url(path)),
        notes=(f"The link works once, for {in_words(minutes=minutes)}.", _NOT_YOU),
    )
    return render(head, Purpose.RESET, content, secret=secret, urgent=True)


def sign_in_code(head: Letterhead, *, code: str, minutes: int, path: str = "", secret: str = "") -> Letter:
    """To somebody who signs in with a code, or with the link whose token is `secret`."""
    content = Content(
        subject=f"Your sign-in code for {head.name}",
        title="Your sign-in code",
        paragraphs=("Type this code on the page where you asked for it.",),
        code=code,
        action=Link("Or sign in with this link", head.url(path)) if path else None,
        notes=(
            f"The code works once, for {in_words(minutes=minutes)}, and only in the browser that asked for it.",
            f"{head.name} never asks you for it by telephone. If you did not ask for it, you need do nothing.",
        ),
    )
    return render(head, Purpose.SIGN_IN_CODE, content, secret=f"{code} {secret}".strip(), urgent=True)


def mail_check(head: Letterhead, *, path: str, secret: str, hours: int) -> Letter:
    """To somebody who registers: whether the address is theirs."""
    content = Content(
        subject=f"Confirm your e-mail address for {head.name}",
        title="Confirm your e-mail address",
        paragraphs=(f"This address was given to register at the customer portal of {head.name}.",),
        action=Link("Confirm the address", head.url(path)),
        notes=(f"The link works once, for {in_words(hours=hours)}.", _NOT_YOU),
    )
    return render(head, Purpose.MAIL_CHECK, content, secret=secret, urgent=True)


def registration_refused(head: Letterhead) -> Letter:
    """To somebody whose registration an admin refused."""
    content = Content(
        subject=f"Your registration at {head.name}",
        title="Your registration was not accepted",
        paragraphs=(
            f"{head.name} could not accept your registration for its customer portal.",
            "If you think that this is a mistake, please get in touch; you find how below.",
        ),
    )
    return render(head, Purpose.REGISTRATION_REFUSED, content)
