"""The mails about who has access: to whom it was changed for, and to the others who decide about it."""

from dataclasses import dataclass
from enum import Enum

from portal.mail import Content, Letter, Letterhead, Link
from portal.mail.letter import render
from portal.mail.plain import one_line
from portal.people.listing import MAY, PEOPLE
from portal.words import N_, _
from store.outbox import Purpose
from store.users import Role


class Deed(Enum):
    """What was done, marked."""

    INVITED = N_("%(by)s invited %(who)s to %(account)s.")
    CHANGED = N_("%(by)s changed what %(who)s may do for %(account)s.")
    REMOVED = N_("%(by)s took the access of %(who)s to %(account)s away.")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told to the others: what was done to whom, and what they may do."""

    deed: Deed
    who: str
    role: Role


def role_changed(head: Letterhead, account: str, by: str, role: Role) -> Letter:
    """To somebody who may do more, or less, than before."""
    content = Content(
        subject=_("What you may do was changed: %(name)s", name=head.name),
        title=_("What you may do was changed"),
        paragraphs=(
            _(
                "%(by)s changed your access to %(account)s at %(name)s.",
                by=one_line(by),
                account=one_line(account),
                name=head.name,
            ),
        ),
        facts=((_("Now"), _(MAY[role])),),
        action=Link(_("See who has access"), head.url(PEOPLE)),
    )
    return render(head, Purpose.SECURITY, content)


def removed(head: Letterhead, account: str, by: str) -> Letter:
    """To somebody whose access ended."""
    content = Content(
        subject=_("Your access has ended: %(name)s", name=head.name),
        title=_("Your access has ended"),
        paragraphs=(
            _(
                "%(by)s ended your access to %(account)s at %(name)s.",
                by=one_line(by),
                account=one_line(account),
                name=head.name,
            ),
            _("If you think that this is a mistake, ask them, or whoever looks after the account."),
        ),
    )
    return render(head, Purpose.SECURITY, content)


def told(head: Letterhead, account: str, by: str, what: Told) -> Letter:
    """To the others who decide about access: one of them did."""
    sentence = _(what.deed.value, by=one_line(by), who=one_line(what.who), account=one_line(account))
    content = Content(
        subject=_("Who has access was changed: %(name)s", name=head.name),
        title=_("Who has access was changed"),
        paragraphs=(sentence, _("If that was agreed among you, there is nothing to do.")),
        facts=() if what.deed is Deed.REMOVED else ((_("Access"), _(MAY[what.role])),),
        action=Link(_("See who has access"), head.url(PEOPLE)),
        notes=(
            _(
                "If it was not, sign in, take the access away and tell %(name)s at once.",
                name=head.name,
            ),
        ),
    )
    return render(head, Purpose.SECURITY, content)
