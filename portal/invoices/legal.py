"""Legal: whether a paper says all that a VAT invoice must say (VAT Notice 700, section 16); pure."""

from portal.invoices.paper import Paper
from portal.words import N_


def missing(paper: Paper) -> tuple[str, ...]:
    """What is not known and a VAT invoice must say, marked for `_`; empty: the paper is one. Amounts are never
    recomputed.
    """
    portal, account, invoice = paper.portal, paper.account, paper.invoice
    said = {
        N_("the supplier's name"): portal.name,
        N_("the supplier's address"): portal.address.strip(),
        N_("the supplier's VAT number"): portal.vat_number.strip(),
        N_("the customer's name"): account.name.strip(),
        N_("the customer's address"): account.address_lines,
        N_("its number"): invoice.number.strip(),
        N_("its date"): invoice.issued_on,
        N_("what it is for"): paper.lines,
        N_("the VAT by rate"): _has_rates(paper),
        N_("which invoice it credits"): not invoice.is_credit or invoice.credits_number,
    }
    return tuple(what for what, value in said.items() if not value)


def _has_rates(paper: Paper) -> bool:
    """Whether the VAT rates as invoiced are there and come to the invoice's own VAT and net."""
    net = sum(vat.net.minor for vat in paper.taxes)
    tax = sum(vat.tax.minor for vat in paper.taxes)
    return bool(paper.taxes) and (net, tax) == (paper.invoice.net.minor, paper.invoice.tax.minor)
