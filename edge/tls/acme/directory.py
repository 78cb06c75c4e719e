"""Directory: where the CA's resources are and what it wants to be agreed (RFC 8555 7.1.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge.tls.acme import fields


@dataclass(frozen=True, slots=True)
class Directory:
    """URLs of a CA; the optional ones are None where the CA does not offer them."""

    new_nonce: str
    new_account: str
    new_order: str
    revoke_certificate: str | None = None
    renewal_info: str | None = None
    terms_of_service: str | None = None
    website: str | None = None
    caa_identities: tuple[str, ...] = ()
    external_account_required: bool = False
    profiles: Mapping[str, str] = field(default_factory=dict)


def parse_directory(document: fields.Document) -> Directory:
    """The directory in a decoded JSON object."""
    meta = fields.member(document, "meta")
    profiles = fields.member(meta, "profiles")
    return Directory(
        new_nonce=fields.text(document, "newNonce"),
        new_account=fields.text(document, "newAccount"),
        new_order=fields.text(document, "newOrder"),
        revoke_certificate=fields.maybe_text(document, "revokeCert"),
        renewal_info=fields.maybe_text(document, "renewalInfo"),
        terms_of_service=fields.maybe_text(meta, "termsOfService"),
        website=fields.maybe_text(meta, "website"),
        caa_identities=fields.texts(meta, "caaIdentities"),
        external_account_required=meta.get("externalAccountRequired") is True,
        profiles={name: str(words) for name, words in profiles.items()},
    )
