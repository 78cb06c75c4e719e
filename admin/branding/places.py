"""Places: where the pages of an organisation's branding are."""

from admin.pages import home_url
from store.organisations import Organisation


def branding_url(organisation: Organisation) -> str:
    """Branding of an organisation."""
    return f"{home_url(organisation)}/branding"
