"""Paper: all that a made PDF of an invoice or credit note says; the same paper makes the same bytes."""

import sqlite3
from dataclasses import dataclass

from portal.mail.letter import Invitation
from portal.payments.paying import Paying, of_invoice
from store import accounts, collecting, invoice_lines, invoices, payments, portals
from store.accounts import Account
from store.collecting import Plan
from store.invoice_lines import Line, Vat
from store.invoices import Invoice
from store.payments import Received
from store.portals import Portal


@dataclass(frozen=True, slots=True)
class Paper:
    """Who writes to whom about what; `registration` is the extra line, in mailed copies alone."""

    portal: Portal
    account: Account
    invoice: Invoice
    lines: tuple[Line, ...]
    taxes: tuple[Vat, ...]
    received: tuple[Received, ...]
    registration: Invitation | None = None
    plan: Plan | None = None
    """What decides how it is paid; None: by hand."""

    @property
    def paying(self) -> Paying | None:
        """How what is left of it is paid, as things stood when it was issued."""
        plan = self.plan or Plan(self.invoice)
        return of_invoice(self.portal, plan, self.account.reference, self.invoice.issued_on)


def load(db: sqlite3.Connection, organisation_id: int, account_id: int, public_id: str) -> Paper | None:
    """The paper of a customer's visible invoice."""
    portal = portals.find(db, organisation_id)
    account = accounts.find(db, organisation_id, account_id)
    invoice = invoices.find(db, organisation_id, account_id, public_id)
    if portal is None or account is None or invoice is None:
        return None
    one, currency = (organisation_id, account_id, invoice.invoice_id), invoice.gross.currency
    return Paper(
        portal=portal,
        account=account,
        invoice=invoice,
        lines=tuple(invoice_lines.of_invoice(db, *one, currency)),
        taxes=tuple(invoice_lines.taxes(db, *one, currency)),
        received=tuple(payments.received_for(db, *one)),
        plan=collecting.of_invoice(db, organisation_id, account_id, invoice),
    )
