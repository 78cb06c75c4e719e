"""VAT in words: what a code of VAT is called on an invoice."""

from portal.formats import rate
from portal.words import N_, _
from store.invoice_lines import Vat

VAT_NAMES = {
    "standard": N_("VAT"),
    "reduced": N_("Reduced VAT"),
    "zero": N_("Zero-rated"),
    "exempt": N_("Exempt from VAT"),
    "reverse_charge": N_("Reverse charge"),
}


def vat_name(vat: Vat) -> str:
    """VAT 20%, Reduced VAT 5%, Zero-rated."""
    name = _(VAT_NAMES.get(vat.code, N_("VAT")))
    return f"{name} {rate(vat.rate)}" if vat.code in ("standard", "reduced") else name
