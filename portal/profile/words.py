"""Words: what the fields of a customer's details are called; changes in them as labels and values."""

from collections.abc import Mapping

from portal.words import N_, _, said
from store.change_requests import Change

LABELS = {
    "email": N_("E-mail address"),
    "phone": N_("Telephone"),
    "address1": N_("Address line 1"),
    "address2": N_("Address line 2"),
    "town": N_("Town or city"),
    "county": N_("County"),
    "postcode": N_("Postcode"),
    "country": N_("Country"),
}


def asked_for(changes: Mapping[str, Change]) -> list[tuple[str, str]]:
    """Labels and the values asked for, in the order of the page."""
    return [
        (said(LABELS[field]), changes[field].wanted or _("nothing")) for field in LABELS if field in changes
    ]


def listed(fields: list[str]) -> str:
    """Fields by name in a sentence: E-mail address, Telephone."""
    return ", ".join(said(LABELS[field]) for field in fields)
