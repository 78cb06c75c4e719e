import hashlib
from datetime import UTC, datetime

from cryptography import x509

from edge.tls.acme.challenges import ACME_IDENTIFIER, challenge_certificate, key_authorization
from store.hostname import Hostname

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def test_certificate_holds_one_name_and_the_critical_digest() -> None:
    pem, _ = challenge_certificate(Hostname("shop.customer.test"), "token.thumbprint", NOW)
    certificate = x509.load_pem_x509_certificate(pem)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [x509.DNSName("shop.customer.test")]
    identifier = certificate.extensions.get_extension_for_oid(ACME_IDENTIFIER)
    assert identifier.critical
    assert isinstance(identifier.value, x509.UnrecognizedExtension)
    assert identifier.value.value == b"\x04\x20" + hashlib.sha256(b"token.thumbprint").digest()


def test_certificate_is_valid_now() -> None:
    pem, _ = challenge_certificate(Hostname("shop.customer.test"), "token.thumbprint", NOW)
    certificate = x509.load_pem_x509_certificate(pem)
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc


def test_key_authorization_joins_token_and_thumbprint() -> None:
    assert key_authorization("token", "thumbprint") == "token.thumbprint"
