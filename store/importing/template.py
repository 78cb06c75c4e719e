"""Templates: a CSV of each kind to begin from: its header, and one row that would be taken."""

import csv
import io
from dataclasses import dataclass

from store.importing.columns import REQUIRED
from store.importing.kinds import KINDS


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column as people are told of it."""

    name: str
    required: bool
    example: str


def columns(kind: str) -> list[ColumnInfo]:
    """The columns of a kind, in their order."""
    return [
        ColumnInfo(column.name, column.default is REQUIRED, _EXAMPLES[kind].get(column.name, ""))
        for column in KINDS[kind].columns
    ]


def template(kind: str) -> str:
    """The header line and one example row."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow([column.name for column in columns(kind)])
    rows.writerow([column.example for column in columns(kind)])
    return text.getvalue()


_EXAMPLES: dict[str, dict[str, str]] = {
    "customers": {
        "reference": "A1001",
        "name": "Harbour Coffee Ltd",
        "type": "business",
        "email": "accounts@harbour.example",
        "phone": "020 7946 0000",
        "address1": "1 Quay Street",
        "town": "Bristol",
        "postcode": "BS1 4RW",
        "country": "United Kingdom",
    },
    "mandates": {
        "external_id": "MD-3001",
        "account_reference": "A1001",
        "scheme": "bacs",
        "provider": "GoCardless",
        "bank": "Barclays",
        "account_ending": "4021",
        "status": "active",
        "is_default": "true",
        "signed_on": "2026-03-02",
    },
    "invoices": {
        "number": "INV-1001",
        "account_reference": "A1001",
        "kind": "invoice",
        "date": "2026-11-01",
        "due": "2026-12-01",
        "period_from": "2026-10-01",
        "period_to": "2026-10-31",
        "status": "outstanding",
        "net": "100.00",
        "tax": "20.00",
        "gross": "120.00",
        "paid": "0.00",
        "due_amount": "120.00",
        "currency": "GBP",
        "po_number": "PO-77",
    },
    "invoice_lines": {
        "invoice_number": "INV-1001",
        "position": "1",
        "kind": "recurring",
        "category": "Line rental",
        "description": "Broadband, October",
        "cli": "020 7946 0000",
        "cost_centre": "Bristol",
        "period_from": "2026-10-01",
        "period_to": "2026-10-31",
        "quantity": "2",
        "unit_price": "50.00",
        "net": "100.00",
        "tax_code": "standard",
        "tax_rate": "20",
        "tax": "20.00",
    },
    "payments": {
        "external_id": "PAY-5001",
        "account_reference": "A1001",
        "date": "2026-11-20",
        "method": "Direct Debit",
        "status": "confirmed",
        "amount": "120.00",
        "currency": "GBP",
        "invoice_number": "INV-1001",
        "collected_on": "2026-11-18",
    },
    "allocations": {
        "payment_external_id": "PAY-5001",
        "invoice_number": "INV-1001",
        "amount": "120.00",
    },
    "calls": {
        "external_id": "cdr-900001",
        "account_reference": "A1001",
        "cli": "020 7946 0000",
        "direction": "outbound",
        "type": "voice",
        "started": "2026-10-05T09:30:00Z",
        "duration_seconds": "61",
        "billed_seconds": "61",
        "data_bytes": "0",
        "number": "07700 900123",
        "destination": "UK mobile",
        "destination_group": "Mobile",
        "charge_band": "fm3",
        "net_price": "0.0412",
        "access_charge": "0",
        "service_charge": "0",
        "in_bundle": "false",
        "currency": "GBP",
        "invoice_number": "INV-1001",
        "invoice_line": "1",
    },
}
