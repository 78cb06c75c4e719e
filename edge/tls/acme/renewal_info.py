"""Renewal information: when the CA wants a certificate replaced (ARI, RFC 9773)."""

import base64
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from edge.tls.acme import fields
from edge.tls.acme.errors import AcmeMalformed


@dataclass(frozen=True, slots=True)
class RenewalInfo:
    """The window to renew in; a window in the past with an explanation is a coming mass revocation."""

    start_at: datetime
    end_at: datetime
    explanation_url: str | None = None
    retry_after: float | None = None


def certificate_id(certificate: x509.Certificate) -> str | None:
    """AKI and serial number (RFC 9773 4.1), also the value of `replaces`; None where there is no AKI."""
    try:
        authority = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    except x509.ExtensionNotFound:
        return None
    if authority.key_identifier is None:
        return None
    # The content of a DER INTEGER: a zero byte in front where the first bit would read as a sign.
    serial = certificate.serial_number
    serial_bytes = serial.to_bytes(serial.bit_length() // 8 + 1, "big")
    return f"{_base64url(authority.key_identifier)}.{_base64url(serial_bytes)}"


def parse_renewal_info(document: fields.Document, retry_after: float | None) -> RenewalInfo:
    """The window in a decoded JSON object."""
    window = fields.member(document, "suggestedWindow")
    start_at, end_at = fields.maybe_instant(window, "start"), fields.maybe_instant(window, "end")
    if start_at is None or end_at is None or end_at <= start_at:
        raise AcmeMalformed("the CA's renewal window has no start before its end")
    return RenewalInfo(start_at, end_at, fields.maybe_text(document, "explanationURL"), retry_after)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
