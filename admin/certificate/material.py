"""Material: what an admin sent as certificate, chain and key, put in order, or what is wrong with it; pure."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from admin.certificate import faults
from admin.certificate.faults import Fault
from store.hostname import Hostname, shown

MOST_CERTIFICATES = 10
LEAST_RSA_BITS = 2048
MOST_RSA_BITS = 8192
"""Beyond it each handshake takes the server tens of milliseconds."""
FERMAT_STEPS = 100
"""Primes of honest keys are never found in so few steps (CVE-2022-26320)."""
CURVES = (ec.SECP256R1, ec.SECP384R1)
"""What browsers accept."""
ORIGIN_CA = "CloudFlare Origin"
"""What the issuers of Cloudflare's Origin CA are called, in their common name or organisational unit."""
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n.*?-----END \1-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Material:
    """A certificate's chain, leaf first and without the root, and its key, both as PEM."""

    chain_pem: bytes
    key_pem: bytes
    serial: str
    issuer: str
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...]
    by_origin_ca: bool
    in_order: bool
    """False: the certificates stood in another order, or with others among them."""


def read(sent: bytes, hostname: Hostname, now: datetime) -> Material | Fault:
    """The certificate for a name from PEM blocks in any order, or the first thing that is wrong."""
    found = _blocks(sent)
    if isinstance(found, Fault):
        return found
    certificates, key = found
    leaf = next((each for each in certificates if _belongs(each, key)), None)
    if leaf is None:
        return faults.key_mismatch(_listed(_names(certificates[0])))
    if fault := _fault_of_leaf(leaf, hostname, now) or _fault_of_key(key):
        return fault
    chain = _chain(leaf, certificates)
    if fault := next((it for each in chain if (it := _fault_of_link(each, leaf, now))), None):
        return fault
    return Material(
        chain_pem=b"".join(each.public_bytes(Encoding.PEM) for each in chain),
        key_pem=key.private_bytes(
            Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        serial=f"{leaf.serial_number:x}",
        issuer=_called(leaf.issuer),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        names=_names(leaf),
        by_origin_ca=_by_origin_ca(leaf),
        in_order=list(chain) == [each for each in certificates if not _is_root(each)],
    )


Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def _blocks(sent: bytes) -> tuple[list[x509.Certificate], Key] | Fault:
    blocks = [(match[1].decode(), match[0]) for match in _BLOCK.finditer(sent)]
    if not blocks:
        return faults.NOT_PEM if _is_binary(sent) else faults.NO_CERTIFICATE
    if any(label.endswith("CERTIFICATE REQUEST") for label, _ in blocks):
        return faults.A_REQUEST
    pems = [block for label, block in blocks if label in ("CERTIFICATE", "X509 CERTIFICATE")]
    if not pems:
        return faults.NO_CERTIFICATE
    if len(pems) > MOST_CERTIFICATES:
        return faults.TOO_MANY
    certificates: list[x509.Certificate] = []
    for number, pem in enumerate(pems, start=1):
        try:
            certificate = x509.load_pem_x509_certificate(pem)
            certificate.extensions, certificate.subject, certificate.issuer  # noqa: B018 they are read late
        except ValueError:
            return faults.unreadable(number)
        if certificate not in certificates:
            certificates.append(certificate)
    key = _key([block for label, block in blocks if label.endswith("PRIVATE KEY")])
    return key if isinstance(key, Fault) else (certificates, key)


def _key(pems: Sequence[bytes]) -> Key | Fault:
    if not pems:
        return faults.NO_KEY
    if len(set(pems)) > 1:
        return faults.SEVERAL_KEYS
    if b"ENCRYPTED" in pems[0]:
        return faults.KEY_ENCRYPTED
    try:
        key = serialization.load_pem_private_key(pems[0], password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return faults.KEY_UNREADABLE
    if isinstance(key, Key):
        return key
    return faults.weak_key(type(key).__name__.strip("_").removesuffix("PrivateKey"))


def _fault_of_leaf(leaf: x509.Certificate, hostname: Hostname, now: datetime) -> Fault | None:
    names = _names(leaf)
    if not any(_covers(name, hostname) for name in names):
        return faults.name_missing(shown(hostname), _listed(names))
    if leaf.not_valid_after_utc <= now:
        return faults.expired(_day(leaf.not_valid_after_utc))
    if leaf.not_valid_before_utc > now:
        return faults.not_yet(_day(leaf.not_valid_before_utc))
    if _extension(leaf, x509.TLSFeature):
        return faults.MUST_STAPLE
    basic = _extension(leaf, x509.BasicConstraints)
    if isinstance(basic, x509.BasicConstraints) and basic.ca:
        return faults.wrong_use("one of an authority, that signs others")
    uses = _extension(leaf, x509.ExtendedKeyUsage)
    if isinstance(uses, x509.ExtendedKeyUsage) and not {
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    } & set(uses):
        return faults.wrong_use("not made for servers")
    return None


def _fault_of_key(key: Key) -> Fault | None:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return None if isinstance(key.curve, CURVES) else faults.weak_key(f"on the curve {key.curve.name}")
    if not LEAST_RSA_BITS <= key.key_size <= MOST_RSA_BITS:
        return faults.weak_key(f"RSA with {key.key_size:,} bits")
    numbers = key.public_key().public_numbers()
    if numbers.e < 65537 or _primes_are_close(numbers.n):
        return faults.weak_key("an RSA key of a kind that is known to be broken")
    return None


def _fault_of_link(certificate: x509.Certificate, leaf: x509.Certificate, now: datetime) -> Fault | None:
    name = _called(certificate.subject)
    algorithm = certificate.signature_hash_algorithm
    if isinstance(algorithm, hashes.MD5 | hashes.SHA1):
        return faults.weak_signature(name, algorithm.name.upper().replace("SHA1", "SHA-1"))
    if certificate is not leaf and certificate.not_valid_after_utc <= now:
        return faults.authority_expired(name, _day(certificate.not_valid_after_utc))
    return None


def _chain(leaf: x509.Certificate, sent: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """From the leaf upwards as far as what was sent goes, the root left out: visitors have it."""
    chain = [leaf]
    while not _is_root(chain[-1]):
        above = next((each for each in sent if each not in chain and _signed(each, chain[-1])), None)
        if above is None or _is_root(above):
            break
        chain.append(above)
    return chain


def _signed(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _is_root(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject


def _belongs(certificate: x509.Certificate, key: Key) -> bool:
    try:
        return certificate.public_key() == key.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return False


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """The DNS names; browsers have not looked at the common name for years (RFC 6125 6.4.4)."""
    found = _extension(certificate, x509.SubjectAlternativeName)
    if not isinstance(found, x509.SubjectAlternativeName):
        return ()
    return tuple(name.lower() for name in found.get_values_for_type(x509.DNSName))


def _covers(name: str, hostname: Hostname) -> bool:
    """A wildcard stands for one label (RFC 6125 6.4.3)."""
    if name.startswith("*."):
        return hostname.partition(".")[2] == name.removeprefix("*.")
    return name == hostname


def _extension(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> x509.ExtensionType | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _by_origin_ca(leaf: x509.Certificate) -> bool:
    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
    return any(
        str(each.value).startswith(ORIGIN_CA)
        for kind in kinds
        for each in leaf.issuer.get_attributes_for_oid(kind)
    )


def _called(name: x509.Name) -> str:
    """What a person would call it: the common name, else the organisation."""
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := name.get_attributes_for_oid(kind):
            return str(found[0].value)
    return name.rfc4514_string() or "no name"


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "no DNS name at all"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _primes_are_close(n: int) -> bool:
    """Fermat's way to factors, some steps of it."""
    root = math.isqrt(n)
    for step in range(1, FERMAT_STEPS + 1):
        rest = (root + step) ** 2 - n
        if math.isqrt(rest) ** 2 == rest:
            return True
    return False


def _is_binary(sent: bytes) -> bool:
    return b"\x00" in sent or sent[:1] == b"\x30"


def _day(at: datetime) -> str:
    return at.strftime("%-d %B %Y")
