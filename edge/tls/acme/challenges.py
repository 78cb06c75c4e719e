"""Challenges: how to prove that a name is ours: http-01 (RFC 8555 8.3) and tls-alpn-01 (RFC 8737).

token, account key -> key authorization -> http-01: the body at /.well-known/acme-challenge/TOKEN
                                        -> tls-alpn-01: SHA-256 of it in a self-signed certificate
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge.tls.acme import fields
from edge.tls.acme.errors import AcmeMalformed
from edge.tls.acme.problem import Problem, parse_problem
from store.hostname import Hostname

HTTP_01 = "http-01"
TLS_ALPN_01 = "tls-alpn-01"
ALPN_PROTOCOL = "acme-tls/1"
HTTP_PREFIX = "/.well-known/acme-challenge/"
ACME_IDENTIFIER = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31")

# The token becomes part of a path and of a store key, so nothing but base64url passes.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")
_OCTET_STRING_OF_32 = b"\x04\x20"
_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to answer; `token` is empty for kinds that we do not speak."""

    kind: str
    url: str
    status: str
    token: str = ""
    problem: Problem | None = None


def parse_challenge(document: fields.Document) -> Challenge:
    """The challenge in a decoded JSON object; unknown kinds pass, a token that is not base64url does not."""
    token = fields.maybe_text(document, "token") or ""
    if token and not _TOKEN.match(token):
        raise AcmeMalformed("a challenge token in the CA's answer is not base64url")
    return Challenge(
        kind=fields.text(document, "type"),
        url=fields.text(document, "url"),
        status=fields.maybe_text(document, "status") or "pending",
        token=token,
        problem=parse_problem(document.get("error")),
    )


def key_authorization(token: str, thumbprint: str) -> str:
    """What proves that this account holds the answer (RFC 8555 8.1)."""
    return f"{token}.{thumbprint}"


def challenge_certificate(hostname: Hostname, key_authorization: str, now: datetime) -> tuple[bytes, bytes]:
    """The tls-alpn-01 certificate and its key, both PEM: one SAN and the critical acmeIdentifier, no more."""
    key = ec.generate_private_key(ec.SECP256R1())
    digest = hashlib.sha256(key_authorization.encode()).digest()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ACME challenge")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(hostname)]), critical=False)
        .add_extension(
            x509.UnrecognizedExtension(ACME_IDENTIFIER, _OCTET_STRING_OF_32 + digest), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key_pem
