"""Records: rows of good customers, invoices, payments and calls, as a program sends them."""

from typing import Any


def customer(reference: str = "A100", **fields: Any) -> dict[str, Any]:
    """A customer."""
    return {"reference": reference, "name": "Harbour Coffee Ltd", "email": "ada@harbour.example", **fields}


def line(**fields: Any) -> dict[str, Any]:
    """A line of £100.00 and VAT."""
    return {
        "kind": "recurring",
        "description": "Line rental",
        "net": "100.00",
        "tax_code": "standard",
        "tax_rate": "20",
        "tax": "20.00",
        **fields,
    }


def invoice(number: str = "INV-1", **fields: Any) -> dict[str, Any]:
    """An invoice of £120.00 for A100, with one line."""
    return {
        "number": number,
        "account_reference": "A100",
        "date": "2026-11-01",
        "due": "2026-12-01",
        "status": "outstanding",
        "net": "100.00",
        "tax": "20.00",
        "gross": "120.00",
        "currency": "GBP",
        "lines": [line()],
        **fields,
    }


def payment(external_id: str = "PAY-1", **fields: Any) -> dict[str, Any]:
    """A payment of £120.00 by A100."""
    return {
        "external_id": external_id,
        "account_reference": "A100",
        "date": "2026-11-10",
        "method": "Direct Debit",
        "status": "paidOut",
        "amount": "120.00",
        **fields,
    }


def mandate(external_id: str = "MD-1", **fields: Any) -> dict[str, Any]:
    """A Direct Debit of A100."""
    return {
        "external_id": external_id,
        "account_reference": "A100",
        "scheme": "bacs",
        "bank": "Barclays",
        "account_ending": "4021",
        "status": "active",
        "signed_on": "2026-03-02",
        **fields,
    }


def call(external_id: str = "C1", **fields: Any) -> dict[str, Any]:
    """A call of A100."""
    return {
        "external_id": external_id,
        "account_reference": "A100",
        "cli": "02079460000",
        "started": "2026-11-20T09:30:00Z",
        "duration_seconds": 221,
        "number": "07700900123",
        "destination": "UK Mobile",
        "net_price": "0.1234",
        **fields,
    }


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
