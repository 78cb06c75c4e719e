from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from edge.tls.acme.errors import AcmeMalformed
from edge.tls.acme.renewal_info import certificate_id, parse_renewal_info

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def certificate(serial: int, authority: bytes | None) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial, NOW, NOW + timedelta(days=1))
    if authority is not None:
        identifier = x509.AuthorityKeyIdentifier(authority, None, None)
        builder = builder.add_extension(identifier, critical=False)
    return builder.sign(key, hashes.SHA256())


def test_certificate_id_is_that_of_the_rfc_example() -> None:
    authority = bytes.fromhex("69885b6b87464041e1b37b847ba0ae2cde01c8d4")
    found = certificate_id(certificate(0x8765_4321, authority))
    assert found == "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"


def test_serial_below_the_sign_bit_has_no_zero_in_front() -> None:
    assert certificate_id(certificate(0x7F, b"\x01")) == "AQ.fw"


def test_certificate_without_authority_key_has_no_id() -> None:
    assert certificate_id(certificate(1, None)) is None


def test_window_is_read() -> None:
    window = {"start": "2026-12-01T00:00:00Z", "end": "2026-12-02T01:00:00+01:00"}
    found = parse_renewal_info({"suggestedWindow": window, "explanationURL": "https://ca.test/why"}, 21600.0)
    assert (found.start_at, found.end_at) == (
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2026, 12, 2, tzinfo=UTC),
    )
    assert (found.explanation_url, found.retry_after) == ("https://ca.test/why", 21600.0)


@pytest.mark.parametrize(
    "window",
    [
        {},
        {"start": "2026-12-01T00:00:00Z"},
        {"start": "2026-12-02T00:00:00Z", "end": "2026-12-01T00:00:00Z"},
    ],
)
def test_window_without_sense_is_malformed(window: dict[str, str]) -> None:
    with pytest.raises(AcmeMalformed):
        parse_renewal_info({"suggestedWindow": window}, None)
