"""Duties: what an organisation's admins are told: their name in the DNS, their certificate, who waits for them.

On the provider's letterhead; links lead to the admin console.
"""

from collections.abc import Sequence

from portal import formats
from portal.mail.letter import Content, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import MAX_WORDS, one_line
from portal.words import _
from store.diagnosis import Diagnosis, Routing
from store.hostname import Hostname, shown
from store.outbox import Purpose


def domain_live(head: Letterhead, *, organisation: str, hostname: Hostname, path: str) -> Letter:
    """The portal was opened over HTTPS under its own name for the first time."""
    content = Content(
        subject=_("Your portal is live at %(host)s", host=shown(hostname)),
        title=_("Your portal is live"),
        paragraphs=(
            _(
                "We opened the customer portal of %(name)s at https://%(host)s/ over HTTPS"
                " ourselves: the record, the certificate and the page are in place.",
                name=one_line(organisation),
                host=shown(hostname),
            ),
            _("The certificate is renewed by itself for as long as the record stays as it is."),
        ),
        action=Link(_("Configure user access"), head.url(path)),
    )
    return render(head, Purpose.DOMAIN, content)


def domain_trouble(
    head: Letterhead, *, organisation: str, hostname: Hostname, found: Diagnosis, path: str
) -> Letter:
    """The record of a live name no longer leads to us, or not as it should."""
    content = Content(
        subject=_("The record of %(host)s needs you", host=shown(hostname)),
        title=_("Your portal's record has changed"),
        paragraphs=(_left(hostname, organisation, found),),
        facts=_facts(found),
        action=Link(_("See what to do"), head.url(path)),
    )
    return render(head, Purpose.DOMAIN, content)


def domain_mended(head: Letterhead, *, organisation: str, hostname: Hostname, path: str) -> Letter:
    """The record of which trouble was told is right again."""
    content = Content(
        subject=_("The record of %(host)s is right again", host=shown(hostname)),
        title=_("Your portal's record is right again"),
        paragraphs=(
            _(
                "The name %(host)s of %(name)s leads to your customer portal again. Its certificate is"
                " renewed by itself as before: there is nothing left to do.",
                host=shown(hostname),
                name=one_line(organisation),
            ),
        ),
        action=Link(_("Look at it"), head.url(path)),
    )
    return render(head, Purpose.DOMAIN, content)


def certificate_lost(
    head: Letterhead, *, organisation: str, hostname: Hostname, days: int, found: Diagnosis, path: str
) -> Letter:
    """The name no longer leads to us, or not straight: its certificate is not renewed, and ends in so many days."""
    subject, title = _certificate_ends(hostname, days)
    content = Content(
        subject=subject,
        title=title,
        paragraphs=(
            _left(hostname, organisation, found),
            _("Its certificate cannot be renewed before the record is restored. We look by ourselves."),
        ),
        facts=_facts(found),
        action=Link(_("See what to do"), head.url(path)),
    )
    return render(head, Purpose.DOMAIN, content)


def certificate_failing(
    head: Letterhead, *, organisation: str, hostname: Hostname, days: int, words: str, path: str
) -> Letter:
    """The certificate cannot be renewed, and ends in so many days; `words` are the CA's or resolver's own."""
    host = shown(hostname)
    subject, title = _certificate_ends(hostname, days)
    content = Content(
        subject=subject,
        title=title,
        paragraphs=(
            _(
                "We could not renew the certificate of %(host)s for %(name)s, and go on trying."
                " When it has ended, browsers show your customers a warning instead of your portal.",
                host=host,
                name=one_line(organisation),
            ),
        ),
        facts=((_("What came back"), one_line(words, MAX_WORDS)),) if words else (),
        action=Link(_("See what to do"), head.url(path)),
        notes=(_("Most often the record of the name was changed or removed."),),
    )
    return render(head, Purpose.DOMAIN, content)


def name_claimed(head: Letterhead, *, organisation: str, hostname: Hostname, path: str) -> Letter:
    """Another organisation asks for a name that this one has."""
    host = shown(hostname)
    content = Content(
        subject=_("Somebody else asks for %(host)s", host=host),
        title=_("Somebody else asks for your portal's name"),
        paragraphs=(
            _(
                "Another organisation has asked to use %(host)s, the customer portal of %(name)s.",
                host=host,
                name=one_line(organisation),
            ),
            _(
                "Nothing changes as long as only you control the DNS of this name: they would have to add a TXT record"
                " to it. If you do not know of this, look at who can change your DNS."
            ),
        ),
        action=Link(_("See your name"), head.url(path)),
    )
    return render(head, Purpose.DOMAIN, content)


def name_lost(head: Letterhead, *, organisation: str, hostname: Hostname, path: str) -> Letter:
    """Another organisation proved that a name is theirs, and has it now."""
    host = shown(hostname)
    content = Content(
        subject=_("%(host)s is used by somebody else now", host=host),
        title=_("Your portal's name has moved"),
        paragraphs=(
            _(
                "Another organisation has proved by a TXT record in the DNS of %(host)s that the name is theirs."
                " It no longer leads to the customer portal of %(name)s.",
                host=host,
                name=one_line(organisation),
            ),
            _("If this name is yours, write to us at once, and look at who can change your DNS."),
        ),
        action=Link(_("Choose another address"), head.url(path)),
    )
    return render(head, Purpose.DOMAIN, content)


def name_freed(head: Letterhead, *, organisation: str, hostname: Hostname, days: int, path: str) -> Letter:
    """A name was asked for, never led here, and is free again."""
    host, span = shown(hostname), formats.span(days=days)
    content = Content(
        subject=_("%(host)s is kept for you no longer", host=host),
        title=_("Your portal's name is kept no longer"),
        paragraphs=(
            _(
                "%(host)s was chosen for the customer portal of %(name)s, and its record did not lead to us for"
                " %(span)s. The name is free again. Choose it anew whenever you like.",
                host=host,
                name=one_line(organisation),
                span=span,
            ),
        ),
        action=Link(_("Choose an address"), head.url(path)),
    )
    return render(head, Purpose.DOMAIN, content)


def own_certificate_ends(
    head: Letterhead, *, organisation: str, hostname: Hostname, days: int, replaced: bool, path: str
) -> Letter:
    """A certificate that an admin uploaded ends in so many days; `replaced`: ours takes its place by itself."""
    host, span = shown(hostname), formats.span(days=max(1, days))
    title = _("Your own certificate ends in %(span)s", span=span)
    follows = (
        _(
            "When it has ended we serve one that we get ourselves, so nothing happens to your portal."
            " Upload the next one if you want to keep your own."
        )
        if replaced
        else _(
            "We get none for this name. When yours has ended, browsers show your customers a warning instead of"
            " your portal, so upload the next one before."
        )
    )
    content = Content(
        subject=_("The certificate of %(host)s that you uploaded ends in %(span)s", host=host, span=span),
        title=title,
        paragraphs=(
            _(
                "The certificate that was uploaded for %(host)s, the customer portal of %(name)s, ends soon.",
                host=host,
                name=one_line(organisation),
            ),
            follows,
        ),
        action=Link(_("Upload the next one"), head.url(path)),
    )
    return render(head, Purpose.DOMAIN, content)


def registration_waiting(
    head: Letterhead, *, organisation: str, account: str, email: str, path: str
) -> Letter:
    """Somebody registered, and an admin decides."""
    content = Content(
        subject=_("A registration waits for you: %(name)s", name=one_line(organisation)),
        title=_("A registration waits for you"),
        paragraphs=(
            _("Somebody registered at the customer portal of %(name)s.", name=one_line(organisation)),
        ),
        facts=((_("Customer"), one_line(account)), (_("E-mail"), one_line(email))),
        action=Link(_("Look at it"), head.url(path)),
    )
    return render(head, Purpose.REGISTRATION_WAITING, content)


def details_waiting(
    head: Letterhead,
    *,
    organisation: str,
    account: str,
    changes: Sequence[tuple[str, str]],
    path: str,
) -> Letter:
    """A customer asked for other details, and an admin decides; `changes` are labels and values asked for."""
    content = Content(
        subject=_("A change of details waits for you: %(name)s", name=one_line(organisation)),
        title=_("A change of details waits for you"),
        paragraphs=(
            _(
                "%(account)s, a customer of %(name)s, asked for a change.",
                account=one_line(account),
                name=one_line(organisation),
            ),
        ),
        facts=tuple((one_line(label), one_line(value)) for label, value in changes),
        action=Link(_("Look at it"), head.url(path)),
    )
    return render(head, Purpose.DETAILS_WAITING, content)


def test(head: Letterhead, *, organisation: str) -> Letter:
    """That mail arrives, and how it looks."""
    content = Content(
        subject=_("Test mail of %(name)s", name=one_line(organisation)),
        title=_("This is a test"),
        paragraphs=(
            _(
                "It was sent from the console of %(name)s, in the way in which customers' mails are.",
                name=one_line(organisation),
            ),
            _("If you can read it, mail works."),
        ),
    )
    return render(head, Purpose.TEST, content, urgent=True)


def _left(hostname: Hostname, organisation: str, found: Diagnosis) -> str:
    host, name = shown(hostname), one_line(organisation)
    if found.routing is Routing.MOVED:
        return _(
            "The name %(host)s of %(name)s no longer leads to your customer portal.", host=host, name=name
        )
    return _("The name %(host)s of %(name)s does not lead straight to us any more.", host=host, name=name)


def _certificate_ends(hostname: Hostname, days: int) -> tuple[str, str]:
    """Subject and title."""
    host = shown(hostname)
    if days < 1:
        return _("The certificate of %(host)s ends today", host=host), _(
            "Your portal's certificate ends today"
        )
    span = formats.span(days=days)
    return (
        _("The certificate of %(host)s ends in %(span)s", host=host, span=span),
        _("Your portal's certificate ends in %(span)s", span=span),
    )


def _facts(found: Diagnosis) -> tuple[tuple[str, str], ...]:
    facts = (
        (_("What we saw"), found.seen),
        (_("What we expect"), found.expected),
        (_("What to do"), found.action),
    )
    return tuple((label, one_line(value, MAX_WORDS)) for label, value in facts if value)
