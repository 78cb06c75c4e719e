"""A certificate's key and the request for its name (PKCS #10): always P-256, never RSA (cost on every handshake)."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from store.hostname import Hostname


def new_key() -> bytes:
    """A new P-256 key as PKCS #8 PEM; takes well under a millisecond."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def signing_request(key_pem: bytes, hostname: Hostname) -> bytes:
    """The CSR as DER: the name stands in the SAN alone, since a common name ends at 64 characters."""
    key = serialization.load_pem_private_key(key_pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the certificate's key is not an elliptic-curve key")
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(hostname)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return request.public_bytes(serialization.Encoding.DER)
