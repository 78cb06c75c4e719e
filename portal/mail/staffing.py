"""Staffing: what members of staff are sent: the link by which they choose a password.

On the provider's letterhead; the link leads to the admin console.
"""

from portal.mail.durations import in_words
from portal.mail.letter import Content, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import one_line
from store.outbox import Purpose


def welcome(head: Letterhead, *, place: str, path: str, secret: str, days: int) -> Letter:
    """To somebody who is to look after a portal; `place` is the organisation, or the provider for an operator."""
    content = Content(
        subject=f"Your access to the console of {head.name}",
        title="You are invited",
        paragraphs=(
            f"You can now look after {one_line(place)} in the console of {head.name}.",
            "Choose a password of your own, then sign in with this address.",
        ),
        action=Link("Choose a password", head.url(path)),
        notes=(
            f"The link works once, for {in_words(days=days)}.",
            "If you did not expect this, you need do nothing.",
        ),
    )
    return render(head, Purpose.INVITATION, content, secret=secret)


def new_password(head: Letterhead, *, path: str, secret: str, days: int) -> Letter:
    """To a member of staff who was sent a link to choose another password."""
    content = Content(
        subject=f"Choose a new password for the console of {head.name}",
        title="Choose a new password",
        paragraphs=(f"Somebody who looks after the console of {head.name} sent you this link.",),
        action=Link("Choose a new password", head.url(path)),
        notes=(
            f"The link works once, for {in_words(days=days)}. Until you use it, your present password stands.",
            "If you did not ask for it, tell whoever sent it; you need do nothing else.",
        ),
    )
    return render(head, Purpose.RESET, content, secret=secret)
