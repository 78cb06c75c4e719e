"""Places: the addresses of the pages about customers."""

from urllib.parse import quote

from admin.pages import home_url
from store.organisations import Organisation


def list_url(organisation: Organisation) -> str:
    """All customers."""
    return f"{home_url(organisation)}/customers"


def customer_url(organisation: Organisation, reference: str) -> str:
    """One customer."""
    return f"{list_url(organisation)}/{quote(reference, safe='')}"


def approvals_url(organisation: Organisation) -> str:
    """What waits for an admin."""
    return f"{list_url(organisation)}/approvals"


def deeds_url(organisation: Organisation) -> str:
    """What was done to many at once."""
    return f"{list_url(organisation)}/-/deeds"
