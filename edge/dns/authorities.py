"""Authorities: what CAA records call a CA, and what it proves our names by; as of 2026-11; pure."""

from urllib.parse import urlsplit

from store.diagnosis import Authority

IDENTITIES: dict[str, tuple[str, ...]] = {
    "letsencrypt.org": ("letsencrypt.org",),
    "zerossl.com": ("sectigo.com", "trust-provider.com", "usertrust.com", "comodoca.com", "comodo.com"),
    "pki.goog": ("pki.goog",),
    "ssl.com": ("ssl.com",),
    "buypass.com": ("buypass.com",),
    "actalis.it": ("actalis.it",),
}


def authority(directory: str, given: tuple[str, ...], account: str, methods: tuple[str, ...]) -> Authority:
    """The CA of an ACME directory; `given` are its names where the settings tell them."""
    host = urlsplit(directory).hostname or ""
    known = (names for end, names in IDENTITIES.items() if host == end or host.endswith(f".{end}"))
    identities = tuple(name.lower() for name in given) or next(known, ())
    return Authority(identities, account, methods)
