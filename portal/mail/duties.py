"""Duties: what an organisation's admins are told: their name in the DNS, their certificate, who waits for them.

On the provider's letterhead; links lead to the admin console.
"""

from collections.abc import Sequence

from portal.mail.durations import in_words
from portal.mail.letter import Content, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import MAX_WORDS, one_line
from store.diagnosis import Diagnosis
from store.hostname import Hostname, shown
from store.outbox import Purpose


def domain_live(head: Letterhead, *, organisation: str, hostname: Hostname, path: str) -> Letter:
    """The portal was opened over HTTPS under its own name for the first time."""
    content = Content(
        subject=f"Your portal is live at {shown(hostname)}",
        title="Your portal is live",
        paragraphs=(
            f"We opened the customer portal of {one_line(organisation)} at https://{shown(hostname)}/ over HTTPS"
            " ourselves: the record, the certificate and the page are in place.",
            "The certificate is renewed by itself for as long as the record stays as it is.",
        ),
        action=Link("Configure user access", head.url(path)),
    )
    return render(head, Purpose.DOMAIN, content)


def domain_trouble(
    head: Letterhead, *, organisation: str, hostname: Hostname, found: Diagnosis, path: str
) -> Letter:
    """The record of a live name no longer leads to us."""
    content = Content(
        subject=f"The record of {shown(hostname)} needs you",
        title="Your portal's record has changed",
        paragraphs=(
            f"The name {shown(hostname)} of {one_line(organisation)} no longer leads to your customer portal.",
        ),
        facts=_facts(found),
        action=Link("See what to do", head.url(path)),
    )
    return render(head, Purpose.DOMAIN, content)


def certificate_failing(
    head: Letterhead, *, organisation: str, hostname: Hostname, days: int, words: str, path: str
) -> Letter:
    """The certificate cannot be renewed, and ends in so many days; `words` are the CA's or resolver's own."""
    left = "today" if days < 1 else f"in {in_words(days=days)}"
    content = Content(
        subject=f"The certificate of {shown(hostname)} ends {left}",
        title=f"Your portal's certificate ends {left}",
        paragraphs=(
            f"We could not renew the certificate of {shown(hostname)} for {one_line(organisation)}, and go on"
            " trying. When it has ended, browsers show your customers a warning instead of your portal.",
        ),
        facts=(("What came back", one_line(words, MAX_WORDS)),) if words else (),
        action=Link("See what to do", head.url(path)),
        notes=("Most often the record of the name was changed or removed.",),
    )
    return render(head, Purpose.DOMAIN, content)


def registration_waiting(
    head: Letterhead, *, organisation: str, account: str, email: str, path: str
) -> Letter:
    """Somebody registered, and an admin decides."""
    content = Content(
        subject=f"A registration waits for you: {one_line(organisation)}",
        title="A registration waits for you",
        paragraphs=(f"Somebody registered at the customer portal of {one_line(organisation)}.",),
        facts=(("Customer", one_line(account)), ("E-mail", one_line(email))),
        action=Link("Look at it", head.url(path)),
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
        subject=f"A change of details waits for you: {one_line(organisation)}",
        title="A change of details waits for you",
        paragraphs=(f"{one_line(account)}, a customer of {one_line(organisation)}, asked for a change.",),
        facts=tuple((one_line(label), one_line(value)) for label, value in changes),
        action=Link("Look at it", head.url(path)),
    )
    return render(head, Purpose.DETAILS_WAITING, content)


def test(head: Letterhead, *, organisation: str) -> Letter:
    """That mail arrives, and how it looks."""
    content = Content(
        subject=f"Test mail of {one_line(organisation)}",
        title="This is a test",
        paragraphs=(
            f"It was sent from the console of {one_line(organisation)}, in the way in which customers' mails are.",
            "If you can read it, mail works.",
        ),
    )
    return render(head, Purpose.TEST, content, urgent=True)


def _facts(found: Diagnosis) -> tuple[tuple[str, str], ...]:
    facts = (
        ("What we saw", found.seen),
        ("What we expect", found.expected),
        ("What to do", found.action),
    )
    return tuple((label, one_line(value, MAX_WORDS)) for label, value in facts if value)
