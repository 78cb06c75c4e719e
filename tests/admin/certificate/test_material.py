"""What an admin sends as certificate and key: each fault has its own words, and what is in order is put in order."""

from datetime import timedelta
from functools import lru_cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from admin.certificate.faults import Fault
from admin.certificate.material import Material, read
from store.hostname import Hostname
from tests.fakes.admin_console import NOW
from tests.fakes.own_ca import Authority, Key, new_key, pem

HOST = Hostname("billing.mycompany.com")
DAY = timedelta(days=1)
BEGAN, ENDS = NOW - DAY, NOW + 90 * DAY
ROOT = Authority("Root of Trust")
MIDDLE = Authority("Middle CA", ROOT)
KEY = new_key()


def leaf(*names: str, key: Key = KEY, by: Authority = MIDDLE, **more: object) -> bytes:
    spans = {"not_before": BEGAN, "not_after": ENDS} | more
    return by.leaf(*(names or (HOST,)), key=key, **spans)  # type: ignore[arg-type]


def code(sent: bytes) -> str:
    found = read(sent, HOST, NOW)
    return found.code if isinstance(found, Fault) else "taken"


def taken(sent: bytes) -> Material:
    found = read(sent, HOST, NOW)
    assert isinstance(found, Material), found
    return found


def subjects(material: Material) -> list[str]:
    return [
        str(each.subject.rfc4514_string()).removeprefix("CN=")
        for each in x509.load_pem_x509_certificates(material.chain_pem)
    ]


def test_chain_and_key_in_order_are_taken() -> None:
    found = taken(leaf() + MIDDLE.pem + pem(KEY))
    assert subjects(found) == [HOST, "Middle CA"] and found.in_order
    assert (found.issuer, found.not_after, found.names) == ("Middle CA", ENDS, (HOST,))
    assert serialization.load_pem_private_key(found.key_pem, None)


def test_any_order_is_put_in_order_and_the_root_left_out() -> None:
    other = Authority("Somebody else")
    found = taken(pem(KEY) + ROOT.pem + other.pem + MIDDLE.pem + leaf() + MIDDLE.pem)
    assert subjects(found) == [HOST, "Middle CA"] and not found.in_order


def test_root_at_the_end_is_no_disorder() -> None:
    assert taken(leaf() + MIDDLE.pem + ROOT.pem + pem(KEY)).in_order


def test_wildcard_covers_one_label() -> None:
    assert code(leaf("*.mycompany.com") + pem(KEY)) == "taken"
    assert code(leaf("*.com") + pem(KEY)) == "name_missing"
    assert code(leaf("*.billing.mycompany.com") + pem(KEY)) == "name_missing"


@lru_cache
def weak(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def request() -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    from cryptography.hazmat.primitives import hashes

    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def encrypted() -> bytes:
    return KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )


def edwards() -> bytes:
    return ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def packed() -> bytes:
    found = x509.load_pem_x509_certificate(leaf())
    return pkcs12.serialize_key_and_certificates(b"x", KEY, found, None, serialization.NoEncryption())


P521 = ec.generate_private_key(ec.SECP521R1())
OLD_MIDDLE = Authority("Old CA", ROOT, NOW - DAY)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"", "no_certificate"),
        (b"hello", "no_certificate"),
        (pem(KEY), "no_certificate"),
        (packed(), "not_pem"),
        (request() + pem(KEY), "a_request"),
        (leaf(), "no_key"),
        (leaf() + pem(KEY) + pem(new_key()), "several_keys"),
        (leaf() + encrypted(), "key_encrypted"),
        (leaf() + pem(KEY).replace(b"M", b"N"), "key_unreadable"),
        (leaf() + edwards(), "weak_key"),
        (leaf().replace(b"M", b"N", 3) + pem(KEY), "certificate_unreadable"),
        (b"".join(leaf() for _ in range(11)) + pem(KEY), "too_many"),
        (leaf() + pem(new_key()), "key_mismatch"),
        (leaf("billing.other.com") + pem(KEY), "name_missing"),
        (leaf(not_after=NOW) + pem(KEY), "expired"),
        (leaf(not_before=NOW + DAY) + pem(KEY), "not_yet_valid"),
        (leaf(by=OLD_MIDDLE) + OLD_MIDDLE.pem + pem(KEY), "authority_expired"),
        (leaf(key=weak(1024)) + pem(weak(1024)), "weak_key"),
        (leaf(key=P521) + pem(P521), "weak_key"),
        (leaf(use=ExtendedKeyUsageOID.CLIENT_AUTH) + pem(KEY), "wrong_use"),
        (leaf(more=(x509.BasicConstraints(ca=True, path_length=None),)) + pem(KEY), "wrong_use"),
        (leaf(more=(x509.TLSFeature([x509.TLSFeatureType.status_request]),)) + pem(KEY), "must_staple"),
    ],
)
def test_each_fault_is_told_by_its_own_code(sent: bytes, expected: str) -> None:
    assert code(sent) == expected


def test_rsa_with_2048_bits_is_taken() -> None:
    assert code(leaf(key=weak(2048)) + pem(weak(2048))) == "taken"


def test_key_whose_primes_are_neighbours_is_told() -> None:
    p, q = _neighbours()
    e = 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q), rsa.RSAPublicNumbers(e, p * q)
    )
    key = numbers.private_key()
    assert code(leaf(key=key) + pem(key)) == "weak_key"


def test_words_name_what_was_found() -> None:
    found = read(leaf("shop.other.com", "www.other.com") + pem(KEY), HOST, NOW)
    assert str(found) == (
        "The certificate is for shop.other.com, www.other.com, not for billing.mycompany.com."
        " Ask your certificate authority for one that names billing.mycompany.com."
    )
    assert "1,024 bits" in str(read(leaf(key=weak(1024)) + pem(weak(1024)), HOST, NOW))


def test_origin_ca_is_told_by_its_issuer() -> None:
    origin = Authority("CloudFlare Origin Certificate Authority")
    assert taken(leaf(by=origin) + pem(KEY)).by_origin_ca
    assert not taken(leaf() + pem(KEY)).by_origin_ca


@given(st.binary(max_size=200), st.integers(0, 900))
def test_any_bytes_are_a_certificate_or_a_reason(noise: bytes, at: int) -> None:
    whole = _WHOLE
    assert isinstance(read(whole[:at] + noise + whole[at:], HOST, NOW), Material | Fault)


_WHOLE = leaf() + pem(KEY)


def _neighbours() -> tuple[int, int]:
    """Two primes of 1,024 bits, the second the next one after the first."""
    p = rsa.generate_private_key(65537, 2048).private_numbers().p
    q = p + 2
    while pow(2, q - 1, q) != 1 or pow(3, q - 1, q) != 1:
        q += 2
    return p, q
