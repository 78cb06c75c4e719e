"""The kinds of CSV that can be imported, by name."""

from store.importing.allocations import ALLOCATIONS
from store.importing.calls import CALLS
from store.importing.customers import CUSTOMERS
from store.importing.invoice_lines import INVOICE_LINES
from store.importing.invoices import INVOICES
from store.importing.kind import Kind
from store.importing.mandates import MANDATES
from store.importing.payments import PAYMENTS

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (CUSTOMERS, MANDATES, INVOICES, INVOICE_LINES, PAYMENTS, ALLOCATIONS, CALLS)
}
