"""Trust: whom visitors trust, as far as we know: the system's roots, and those that the settings name."""

import ssl

from edge.settings import Settings


def of_visitors(settings: Settings) -> ssl.SSLContext:
    """A context for connections such as visitors make; the embedded CA's root counts once it is written."""
    trust = ssl.create_default_context()
    if settings.issuer == "local":
        if settings.root_file.exists():
            trust.load_verify_locations(settings.root_file)
    elif settings.trust_file:
        trust.load_verify_locations(settings.trust_file)
    return trust
