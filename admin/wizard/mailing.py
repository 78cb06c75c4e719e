"""Mailing: the records, sent to whoever runs the DNS, with a private link to how the name stands."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from admin.wizard.records import Records
from portal.mail import Provider, instructions, of_provider, provider_sender
from portal.mail.instructions import Entry as Line
from store import audit, outbox, signin, status_links
from store.audit import Entry
from store.hostname import Hostname
from store.organisations import Organisation
from store.signin import Patience, Subject, Wait

MAILED = "domain.records_mailed"
REVOKED = "domain.link_revoked"
PATH = "/dns-status/"
PER_ADDRESS = Patience(3, timedelta(minutes=10), timedelta(hours=12), timedelta(hours=24))
PER_ORGANISATION = Patience(10, timedelta(minutes=5), timedelta(hours=12), timedelta(hours=24))


@dataclass(frozen=True, slots=True)
class Request:
    """What is mailed to whom."""

    hostname: Hostname
    records: Records
    recipient: str


def send(
    db: sqlite3.Connection,
    organisation: Organisation,
    asked: Request,
    provider: Provider,
    entry: Entry,
    now: datetime,
) -> Wait | None:
    """Queue the mail with a new link; a wait: too many were asked for, and nothing is sent."""
    if wait := signin.begin(db, _subjects(organisation.id, asked.recipient), now):
        return wait
    token = status_links.add(db, organisation.id, asked.hostname, asked.recipient, now)
    rows = asked.records.rows
    letter = instructions.dns_records(
        of_provider(provider),
        organisation=organisation.name,
        hostname=asked.hostname,
        zone=asked.records.zone,
        entries=[Line(row.type, row.name, row.full_name, row.target) for row in rows],
        path=PATH + token,
        secret=token,
        days=status_links.LIFETIME.days,
    )
    outbox.put(db, organisation.id, letter.to(asked.recipient, provider_sender(provider)), now)
    audit.record(db, entry)
    return None


def revoke(db: sqlite3.Connection, organisation_id: int, link_id: int, entry: Entry) -> bool:
    """Take a link back; False when it is none of the organisation's."""
    if status_links.revoke(db, organisation_id, link_id) is None:
        return False
    audit.record(db, entry)
    return True


def _subjects(organisation_id: int, recipient: str) -> tuple[Subject, ...]:
    realm = f"dns records:{organisation_id}"
    return (
        Subject(signin.account_subject(realm, recipient.casefold()).key, PER_ADDRESS),
        Subject(signin.whole_subject(realm).key, PER_ORGANISATION),
    )
