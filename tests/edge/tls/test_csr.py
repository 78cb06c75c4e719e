from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge.tls.csr import new_key, signing_request
from store.hostname import Hostname

LONG = Hostname(".".join(["a" * 60] * 4))


def test_key_is_p_256_in_pkcs_8() -> None:
    key_pem = new_key()
    key = serialization.load_pem_private_key(key_pem, None)
    assert key_pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"


def test_request_names_the_host_in_its_san_alone() -> None:
    request = x509.load_der_x509_csr(signing_request(new_key(), LONG))
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [x509.DNSName(LONG)]
    assert list(request.subject) == []
    assert request.is_signature_valid


def test_request_is_for_the_given_key() -> None:
    key_pem = new_key()
    key = serialization.load_pem_private_key(key_pem, None)
    request = x509.load_der_x509_csr(signing_request(key_pem, LONG))
    assert request.public_key() == key.public_key()
