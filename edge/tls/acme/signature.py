"""Signer: signs requests with the account's key (RFC 8555 6.2).

The only module that imports acme and josepy, a tenth of a second of imports: AcmeClient loads it in a
thread at its first request, so that no other verb pays for it. Of `acme` it takes `acme.jws` alone, which
leaves `requests` unloaded.
"""

import json

from acme import jws
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.b64 import b64encode
from josepy.errors import DeserializationError
from josepy.json_util import decode_b64jose
from josepy.jwa import ES256
from josepy.jwk import JWKEC

from edge.tls.acme.errors import AcmeMalformed


class Signer:
    """An ES256 account key; signing takes about 0.1 ms."""

    def __init__(self, key_pem: bytes) -> None:
        key = serialization.load_pem_private_key(key_pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("the ACME account key is not a P-256 key")
        self._key = JWKEC(key=key)
        self.thumbprint = b64encode(self._key.thumbprint()).decode()

    def sign(self, url: str, nonce: str, payload: dict[str, object] | None, kid: str | None) -> bytes:
        """A flattened JWS; `payload` None is POST-as-GET, `kid` None sends the public key itself."""
        try:
            nonce_bytes = decode_b64jose(nonce)
        except DeserializationError as error:
            raise AcmeMalformed("a nonce of the CA is not base64url") from error
        body = b"" if payload is None else json.dumps(payload).encode()
        signed: str = jws.JWS.sign(body, self._key, ES256, nonce_bytes, url, kid).json_dumps()
        return signed.encode()
