"""VAT in words: what a code of VAT is called on an invoice."""

from portal.formats import rate
from store.invoice_lines import Vat

VAT_NAMES = {
    "standard": "VAT",
    "reduced": "Reduced VAT",
    "zero": "Zero-rated",
    "exempt": "Exempt from VAT",
    "reverse_charge": "Reverse charge",
}


def vat_name(vat: Vat) -> str:
    """VAT 20%, Reduced VAT 5%, Zero-rated."""
    name = VAT_NAMES.get(vat.code, "VAT")
    return f"{name} {rate(vat.rate)}" if vat.code in ("standard", "reduced") else name
