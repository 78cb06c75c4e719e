"""Row batches: rows given one by one become a batch, by the same rules as the rows of a file.

Good rows are kept, bad ones refused, each with its faults. Nothing that stands is changed by a row that says the
same, and a request of nothing else leaves no batch.
"""

from store.row_batches.bringing import InTheWay, OrganisationGone, bring
from store.row_batches.document import document
from store.row_batches.invoices import invoices
from store.row_batches.item import BatchRef, Brought, Fault, Item, Order, Outcome, Plan
from store.row_batches.payments import payments
from store.row_batches.plain import calls, customers, mandates

__all__ = [
    "BatchRef",
    "Brought",
    "Fault",
    "InTheWay",
    "Item",
    "Order",
    "OrganisationGone",
    "Outcome",
    "Plan",
    "bring",
    "calls",
    "customers",
    "document",
    "invoices",
    "mandates",
    "payments",
]
