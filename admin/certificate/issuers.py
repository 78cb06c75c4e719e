"""Issuers: what people call whom a certificate is from; pure."""

from urllib.parse import urlsplit

LOCAL = "local"
_KNOWN = {
    "acme-v02.api.letsencrypt.org": "Let’s Encrypt",
    "acme-staging-v02.api.letsencrypt.org": "Let’s Encrypt (staging, which browsers do not trust)",
    "acme.zerossl.com": "ZeroSSL",
    "dv.acme-v02.api.pki.goog": "Google Trust Services",
    "acme.ssl.com": "SSL.com",
}


def called(issuer: str) -> str:
    """The name of an ACME directory's CA, else its host; the embedded CA; what an uploaded certificate says."""
    if issuer == LOCAL:
        return "the embedded authority of this installation"
    if not issuer.startswith(("https://", "http://")):
        return issuer
    host = urlsplit(issuer).hostname or issuer
    return _KNOWN.get(host, host)
