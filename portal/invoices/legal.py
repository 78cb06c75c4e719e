"""Legal: whether a paper says all that a VAT invoice must say (VAT Notice 700, section 16); pure."""

from portal.invoices.paper import Paper


def missing(paper: Paper) -> tuple[str, ...]:
    """What is not known and a VAT invoice must say; empty: the paper is one. Amounts are never recomputed."""
    portal, account, invoice = paper.portal, paper.account, paper.invoice
    said = {
        "the supplier's name": portal.name,
        "the supplier's address": portal.address.strip(),
        "the supplier's VAT number": portal.vat_number.strip(),
        "the customer's name": account.name.strip(),
        "the customer's address": account.address_lines,
        "its number": invoice.number.strip(),
        "its date": invoice.issued_on,
        "what it is for": paper.lines,
        "the VAT by rate": _has_rates(paper),
        "which invoice it credits": not invoice.is_credit or invoice.credits_number,
    }
    return tuple(what for what, value in said.items() if not value)


def _has_rates(paper: Paper) -> bool:
    """Whether the VAT rates as invoiced are there and come to the invoice's own VAT and net."""
    net = sum(vat.net.minor for vat in paper.taxes)
    tax = sum(vat.tax.minor for vat in paper.taxes)
    return bool(paper.taxes) and (net, tax) == (paper.invoice.net.minor, paper.invoice.tax.minor)
