"""Words: what the fields of a customer's details are called; changes in them as labels and values."""

from collections.abc import Mapping

from store.change_requests import Change

LABELS = {
    "email": "E-mail address",
    "phone": "Telephone",
    "address1": "Address line 1",
    "address2": "Address line 2",
    "town": "Town or city",
    "county": "County",
    "postcode": "Postcode",
    "country": "Country",
}


def asked_for(changes: Mapping[str, Change]) -> list[tuple[str, str]]:
    """Labels and the values asked for, in the order of the page."""
    return [(LABELS[field], changes[field].wanted or "nothing") for field in LABELS if field in changes]
