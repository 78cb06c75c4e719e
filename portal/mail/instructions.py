"""Instructions: the records that somebody is asked to add to a DNS, mailed to whoever runs it.

On the provider's letterhead; the link leads to how the name stands, and opens without a sign-in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.mail.letter import Content, Letter, Link, render
from portal.mail.letterhead import Letterhead
from portal.mail.plain import one_line
from portal.words import _, ngettext
from store.hostname import Hostname, shown
from store.outbox import Purpose


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as panels want it written."""

    kind: str
    name: str
    full_name: str
    target: str


def dns_records(
    head: Letterhead,
    *,
    organisation: str,
    hostname: Hostname,
    zone: Hostname,
    entries: Sequence[Entry],
    path: str,
    secret: str,
    days: int,
) -> Letter:
    """What to add, where, and where to see that it worked; `path` holds the `secret`."""
    count = len(entries)
    content = Content(
        subject=ngettext(
            "A DNS record for %(host)s", "DNS records for %(host)s", count, host=shown(hostname)
        ),
        title=ngettext("Please add one record", "Please add %(num)d records", count),
        paragraphs=(
            _(
                "%(name)s opens a portal for its customers at %(host)s and asks you, who look after"
                " the DNS of %(zone)s, to add what follows there. Nothing else has to change.",
                name=one_line(organisation),
                host=shown(hostname),
                zone=shown(zone),
            ),
        ),
        facts=tuple(fact for entry in entries for fact in _facts(entry)),
        action=Link(_("See whether it worked"), head.url(path)),
        notes=(
            _(
                "The target must be answered as it stands: not behind a proxy, and with no other record beside it."
            ),
            _(
                "The link shows these records and what we see of them, to whoever has it, for %(days)d days.",
                days=days,
            ),
            _("If you do not know what this is about, you need do nothing."),
        ),
    )
    return render(head, Purpose.DOMAIN, content, secret=secret)


def _facts(entry: Entry) -> tuple[tuple[str, str], ...]:
    full = () if entry.full_name == entry.name else ((_("Name in full"), entry.full_name),)
    return (
        (_("Type"), entry.kind),
        (_("Name"), entry.name),
        *full,
        (_("Target"), entry.target),
    )
