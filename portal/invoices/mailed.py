"""Mailed: an invoice or credit note as a mail: its letter, its PDF, and the extra line where that is due.

A PDF by the provider goes as it is. Where we make it, it carries the line too.
"""

import sqlite3
from dataclasses import dataclass, replace

from portal import mail
from portal.invoices import paper
from portal.invoices.file_name import safe_name
from portal.invoices.made import Pdf
from portal.invoices.paper import Paper
from portal.invoices.press import Press
from portal.mail import Letter, Provider
from portal.mail.billing import new_invoice, registration_line
from store import account_users, documents, invoices, origins
from store.documents import Document
from store.hostname import Hostname
from store.outbox import Message
from store.registration_line import RegistrationLine
from store.users import Status


@dataclass(frozen=True, slots=True)
class Facts:
    """What an invoice's mail is made of; `host` None: the portal has no name; `seen`: its customer can sign in."""

    paper: Paper
    document: Document | None
    host: Hostname | None
    origin: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Mailed:
    """A letter with its attachment: the provider's, known by its hash, or the one that was made."""

    letter: Letter
    facts: Facts
    provider: Provider
    made: Pdf | None

    def message(self, recipient: str, mailing_id: int | None = None) -> Message:
        """The message for one address."""
        document, invoice = self.facts.document, self.facts.paper.invoice
        file_name = document.file_name if document else invoice.number
        digest = document.sha256 if document else self.made.sha256 if self.made else None
        return self.letter.to(
            recipient,
            mail.sender_of(self.facts.paper.portal, self.provider),
            attachment_name=f"{safe_name(file_name)}.pdf",
            attachment_sha256=digest,
            account_id=self.facts.paper.account.account_id,
            invoice_id=invoice.invoice_id,
            mailing_id=mailing_id,
        )


def load(
    db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int, provider: Provider
) -> Facts | None:
    """What the mail of a customer's visible invoice is made of."""
    invoice = invoices.by_id(db, organisation_id, account_id, invoice_id)
    found = paper.load(db, organisation_id, account_id, invoice.public_id) if invoice else None
    if found is None:
        return None
    return Facts(
        paper=found,
        document=documents.of_invoice(db, organisation_id, account_id, invoice_id),
        host=origins.canonical_hostname(db, organisation_id),
        origin=origins.canonical_origin(db, organisation_id, provider.public_port) or "",
        seen=Status.ACTIVE in account_users.statuses(db, organisation_id, account_id),
    )


async def compose(facts: Facts, provider: Provider, press: Press, line: RegistrationLine | None) -> Mailed:
    """The mail, with this line or without one."""
    head = mail.of_portal(facts.paper.portal, facts.origin)
    registration = registration_line(head, line.path) if line else None
    invoice, portal = facts.paper.invoice, facts.paper.portal
    may_look = facts.origin and facts.seen and portal.enabled and portal.show_invoices
    letter = new_invoice(
        head,
        invoice,
        account=facts.paper.account.name,
        path=f"/invoices/{invoice.public_id}" if may_look else None,
        attached=True,
        collected=facts.paper.paying.sentences if facts.paper.paying else (),
        registration=registration,
        secret=line.token if line else "",
    )
    made = None
    if facts.document is None:
        made = await press.printed(replace(facts.paper, registration=registration))
    return Mailed(letter, facts, provider, made)
