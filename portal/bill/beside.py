"""Beside: what the page of an invoice says of its calls and of the bill before it."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web

from portal.bill import reconciled
from portal.bill.reconciled import Said
from portal.later import later
from portal.pages import off_sections
from portal.services import services
from portal.visit import Visit
from store.bill import bills, gathering, reconciliation
from store.bill.adding_up import Reconciliation
from store.bill.gathering_steps import Bill
from store.bill.line_sums import NotYet
from store.invoices import Invoice


@dataclass(frozen=True, slots=True)
class Beside:
    """What was found; `compared`: there is a bill before it."""

    invoice: Invoice
    reconciliation: Reconciliation | NotYet | None
    compared: bool

    @property
    def said(self) -> Said | None:
        """Whether the calls add up, in words."""
        return reconciled.of_invoice(self.reconciliation)

    @property
    def explained_url(self) -> str | None:
        """Where it is held against the bill before; None: there is none."""
        return f"/invoices/{self.invoice.public_id}/explained" if self.compared else None


def beside(db: sqlite3.Connection, visit: Visit, invoice: Invoice) -> Beside:
    """What an invoice's page shows beside its lines; of calls nothing where their pages are switched off."""
    key = visit.organisation_id, visit.account_id
    with_calls = "calls" not in off_sections(visit.portal)
    return Beside(
        invoice,
        reconciliation.of_invoice(db, *key, invoice.invoice_id) if with_calls else None,
        bills.is_bill(invoice) and bool(bills.earlier(db, *key, invoice, visit.today)),
    )


def add_up_later(
    request: web.Request, visit: Visit, invoice: Invoice, found: Reconciliation | NotYet | object
) -> None:
    """Have the calls of a big invoice added up once the answer has left, where they were not."""
    if isinstance(found, NotYet):
        bill = Bill(visit.organisation_id, visit.account_id, invoice.invoice_id)
        later(request, gathering.gather(services(request).store, bill, visit.now), "adding up a bill")
