"""Staffing: what members of staff are sent: the link by which they choose a password.

On the provider's letterhead; the link leads to the admin console.
"""

from portal import formats
from portal.mail.access import works_once
from portal.mail.letter import Content, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import one_line
from portal.words import _
from store.outbox import Purpose


def welcome(head: Letterhead, *, place: str, path: str, secret: str, days: int) -> Letter:
    """To somebody who is to look after a portal; `place` is the organisation, or the provider for an operator."""
    content = Content(
        subject=_("Your access to the console of %(name)s", name=head.name),
        title=_("You are invited"),
        paragraphs=(
            _(
                "You can now look after %(place)s in the console of %(name)s.",
                place=one_line(place),
                name=head.name,
            ),
            _("Choose a password of your own, then sign in with this address."),
        ),
        action=Link(_("Choose a password"), head.url(path)),
        notes=(
            works_once(days=days),
            _("If you did not expect this, you need do nothing."),
        ),
    )
    return render(head, Purpose.INVITATION, content, secret=secret)


def new_password(head: Letterhead, *, path: str, secret: str, days: int) -> Letter:
    """To a member of staff who was sent a link to choose another password."""
    content = Content(
        subject=_("Choose a new password for the console of %(name)s", name=head.name),
        title=_("Choose a new password"),
        paragraphs=(
            _("Somebody who looks after the console of %(name)s sent you this link.", name=head.name),
        ),
        action=Link(_("Choose a new password"), head.url(path)),
        notes=(
            _(
                "The link works once, for %(span)s. Until you use it, your present password stands.",
                span=formats.span(days=days),
            ),
            _("If you did not ask for it, tell whoever sent it; you need do nothing else."),
        ),
    )
    return render(head, Purpose.RESET, content, secret=secret)
