import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from edge.tls.csr import new_key, signing_request
from edge.tls.local_ca import CannotIssue, Root, issue, load_root, make_root
from store.hostname import Hostname

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
HOST = Hostname("billing.mycompany.example")
DAY = timedelta(days=1)


def root(**more: object) -> Root:
    arguments: dict[str, object] = {"name": "Brassplate local CA", **more}
    return load_root(*make_root(NOW, **arguments))  # type: ignore[arg-type]


def leaf_of(root: Root, hostname: Hostname = HOST, now: datetime = NOW, life: timedelta = DAY) -> bytes:
    return issue(root, signing_request(new_key(), hostname), hostname, now, life)


def parsed(leaf_pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(leaf_pem)


def constrained_by_hand(root: Root, hostname: Hostname) -> bytes:
    """What somebody with the key could sign: a leaf for a name that `issue` refuses."""
    free = Root(x509.load_pem_x509_certificate(_unbound(root)), root.key)
    return leaf_of(free, hostname)


def _unbound(root: Root) -> bytes:
    extensions = [e for e in root.certificate.extensions if not isinstance(e.value, x509.NameConstraints)]
    certificate = root.certificate
    builder = x509.CertificateBuilder(
        certificate.issuer,
        certificate.subject,
        certificate.public_key(),
        certificate.serial_number,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        extensions,
    )
    return builder.sign(root.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def openssl_verify(folder: Path, root: Root, leaf_pem: bytes, hostname: str) -> str:
    (folder / "root.pem").write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "leaf.pem").write_bytes(leaf_pem)
    at = str(int(NOW.timestamp()))
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-attime", at]
    command += ["-verify_hostname", hostname, "-CAfile", "root.pem", "leaf.pem"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_openssl_accepts_the_leaf(tmp_path: Path) -> None:
    authority = root(permitted=["example", "test", "localhost"])
    assert openssl_verify(tmp_path, authority, leaf_of(authority), HOST) == "leaf.pem: OK\n"


def test_openssl_refuses_a_name_outside_of_the_constraints(tmp_path: Path) -> None:
    authority = root(permitted=["example"])
    leaf_pem = constrained_by_hand(authority, Hostname("www.bank.com"))
    assert "permitted subtree violation" in openssl_verify(tmp_path, authority, leaf_pem, "www.bank.com")


def test_strict_verifier_accepts_the_leaf() -> None:
    authority = root(permitted=["example"])
    verifier = (
        PolicyBuilder()
        .store(Store([authority.certificate]))
        .time(NOW)
        .build_server_verifier(x509.DNSName(HOST))
    )
    assert len(verifier.verify(parsed(leaf_of(authority)), [])) == 2
    with pytest.raises(VerificationError):
        verifier.verify(parsed(leaf_of(root(permitted=["example"]))), [])


def test_root_is_a_bound_ca_that_signs_no_other_ca() -> None:
    extensions = root(permitted=["example", "localhost"]).certificate.extensions
    basic = extensions.get_extension_for_class(x509.BasicConstraints)
    names = extensions.get_extension_for_class(x509.NameConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert names.critical
    assert names.value.permitted_subtrees == [x509.DNSName("example"), x509.DNSName("localhost")]


def test_root_is_free_without_permitted_names() -> None:
    with pytest.raises(x509.ExtensionNotFound):
        root().certificate.extensions.get_extension_for_class(x509.NameConstraints)


def test_root_lives_as_long_as_told() -> None:
    assert root().certificate.not_valid_after_utc == NOW + timedelta(days=3650)
    assert root(days=7).certificate.not_valid_after_utc == NOW + timedelta(days=7)


def test_leaf_is_backdated_and_lives_as_long_as_told() -> None:
    leaf = parsed(leaf_of(root()))
    assert leaf.not_valid_before_utc == NOW - timedelta(minutes=5)
    assert leaf.not_valid_after_utc == NOW + DAY


def test_leaf_never_outlives_its_root() -> None:
    authority = root(days=7)
    leaf = parsed(leaf_of(authority, life=timedelta(days=90)))
    assert leaf.not_valid_after_utc == authority.certificate.not_valid_after_utc


def test_leaf_lives_no_longer_than_browsers_allow() -> None:
    leaf = parsed(leaf_of(root(), life=timedelta(days=3650)))
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc < timedelta(days=398)


def test_leaf_is_for_servers_only() -> None:
    extensions = parsed(leaf_of(root())).extensions
    usages = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_leaf_is_for_the_key_of_the_request() -> None:
    csr_der = signing_request(new_key(), HOST)
    leaf = parsed(issue(root(), csr_der, HOST, NOW, DAY))
    assert leaf.public_key() == x509.load_der_x509_csr(csr_der).public_key()


def test_name_is_ours_and_not_what_the_request_says() -> None:
    csr_der = signing_request(new_key(), Hostname("www.bank.example"))
    leaf = parsed(issue(root(), csr_der, HOST, NOW, DAY))
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [HOST]


@pytest.mark.parametrize("hostname", ["www.bank.com", "notexample", "shop.notexample"])
def test_name_outside_of_the_constraints_is_refused(hostname: str) -> None:
    with pytest.raises(CannotIssue, match=hostname):
        leaf_of(root(permitted=["example"]), Hostname(hostname))


def test_nothing_is_issued_when_the_root_has_expired() -> None:
    with pytest.raises(CannotIssue, match="expired"):
        leaf_of(root(days=7), now=NOW + timedelta(days=8))


def test_key_of_another_root_is_refused() -> None:
    certificate_pem, _ = make_root(NOW, name="one")
    _, key_pem = make_root(NOW, name="two")
    with pytest.raises(ValueError, match="not the key"):
        load_root(certificate_pem, key_pem)


def test_request_with_a_broken_signature_is_refused() -> None:
    csr_der = bytearray(signing_request(new_key(), HOST))
    csr_der[-1] ^= 1
    with pytest.raises(ValueError):
        issue(root(), bytes(csr_der), HOST, NOW, DAY)
