"""Account: who we are to the CA (RFC 8555 7.3); its key is P-256, its URL the kid of every request."""

from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge.tls.acme import fields
from edge.tls.acme.errors import AcmeMalformed


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """What the CA knows of our account; `url` is what the next AcmeClient needs beside the key."""

    url: str
    status: str
    contact: tuple[str, ...]


def new_account_key() -> bytes:
    """A new P-256 account key as PKCS #8 PEM; takes well under a millisecond."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def registration(contact: str, agree_terms: bool) -> dict[str, object]:
    """The newAccount request; `contact` is one or more e-mail addresses, comma-separated, or nothing."""
    request: dict[str, object] = {"termsOfServiceAgreed": True} if agree_terms else {}
    addresses = [address.strip() for address in contact.split(",") if address.strip()]
    if addresses:
        request["contact"] = [address if ":" in address else f"mailto:{address}" for address in addresses]
    return request


EXISTING: dict[str, object] = {"onlyReturnExisting": True}
"""The newAccount request that only looks: accountDoesNotExist where there is none."""


def parse_account(url: str | None, document: fields.Document) -> AccountRecord:
    """The account in an answer to newAccount."""
    if not url:
        raise AcmeMalformed("the CA named no URL for the account")
    # Pebble and some CAs leave the status out where it can only be one.
    status = fields.maybe_text(document, "status") or "valid"
    return AccountRecord(url, status, fields.texts(document, "contact"))
