"""The embedded CA of the demo, of development and of private networks: a root that signs leaves itself.

The root can be bound to a few names by X.509 name constraints (RFC 5280 4.2.1.10), so that a key that leaks
from a laptop is worth nothing elsewhere. Browsers limit leaves to 398 days (CA/B Forum BR 6.3.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from store.hostname import Hostname

ROOT_DAYS = 3650
LONGEST_LEAF_LIFE = timedelta(days=397)
# For visitors whose clocks are behind.
_BACKDATED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Root:
    """A root certificate and its key, ready to sign."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


class CannotIssue(Exception):
    """The root may not sign this: it has expired, or the name is outside of its constraints."""


def make_root(
    now: datetime, *, name: str, days: int = ROOT_DAYS, permitted: Sequence[str] = ()
) -> tuple[bytes, bytes]:
    """A new root and its key, both PEM; with `permitted`, for these domains and what is below them only."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        _builder(now, now + timedelta(days=days))
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(ca=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if permitted:
        domains = [x509.DNSName(domain) for domain in permitted]
        builder = builder.add_extension(
            x509.NameConstraints(permitted_subtrees=domains, excluded_subtrees=None), critical=True
        )
    certificate = builder.sign(key, hashes.SHA256())
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key_pem


def load_root(certificate_pem: bytes, key_pem: bytes) -> Root:
    """The root that `make_root` made."""
    certificate = x509.load_pem_x509_certificate(certificate_pem)
    key = serialization.load_pem_private_key(key_pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError("this is not the key of the local CA's root certificate")
    return Root(certificate, key)


def issue(root: Root, csr_der: bytes, hostname: Hostname, now: datetime, life: timedelta) -> bytes:
    """A certificate for the key of this CSR and this one name, as PEM; the chain is the leaf alone.

    What else the CSR asks for is ignored. The leaf ends no later than the root, nor after 397 days.
    """
    request = x509.load_der_x509_csr(csr_der)
    if not request.is_signature_valid:
        raise ValueError("the signature of the CSR is wrong")
    ends_at = min(now + min(life, LONGEST_LEAF_LIFE), root.certificate.not_valid_after_utc)
    if ends_at <= now:
        raise CannotIssue("the local CA's root has expired; make a new one")
    if not _is_permitted(root.certificate, hostname):
        raise CannotIssue(f"the local CA's root may not sign for {hostname}")
    public_key = request.public_key()
    leaf = (
        _builder(now, ends_at)
        .subject_name(x509.Name([]))
        .issuer_name(root.certificate.subject)
        .public_key(public_key)
        # Critical, since the subject is empty (RFC 5280 4.2.1.6).
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(hostname)]), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(_authority(root), critical=False)
        .sign(root.key, hashes.SHA256())
    )
    return leaf.public_bytes(serialization.Encoding.PEM)


def _builder(now: datetime, ends_at: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(ends_at)
    )


def _authority(root: Root) -> x509.AuthorityKeyIdentifier:
    identifier = root.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _is_permitted(root: x509.Certificate, hostname: Hostname) -> bool:
    try:
        constraints = root.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return True
    permitted = [
        tree.value for tree in constraints.permitted_subtrees or () if isinstance(tree, x509.DNSName)
    ]
    return any(hostname == domain or hostname.endswith(f".{domain}") for domain in permitted)


def _key_usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
