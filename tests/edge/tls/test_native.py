"""Certificates from memory: the same as from files, and no harm where they do not fit."""

import ssl
from collections.abc import Sequence
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from edge.tls import native
from edge.tls.contexts import server_context
from tests.edge.tls.pump import NAME
from tests.fakes.own_ca import LONG_AGO, Authority, Key, new_key, pem

ROOT = Authority("Root")
ABOVE = Authority("Intermediate", ROOT)


def context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def der(key: Key) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def chain_pem(key: Key) -> bytes:
    ends = LONG_AGO + timedelta(days=19_000)
    return ABOVE.leaf(NAME, key=key, not_before=LONG_AGO, not_after=ends) + ABOVE.pem


def chain_of(key: Key) -> list[bytes]:
    return [each.public_bytes(Encoding.DER) for each in x509.load_pem_x509_certificates(chain_pem(key))]


LEAF = chain_of(new_key())[0]


def shown_to_a_visitor(server: ssl.SSLContext) -> list[bytes]:
    """The chain that a client gets who trusts the root alone."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.load_verify_locations(cadata=ROOT.certificate.public_bytes(Encoding.PEM).decode())
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trust.wrap_bio(down, up, server_hostname=NAME)
    served = server.wrap_bio(up, down, server_side=True)
    for end in (client, served, client, served):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return [each.public_bytes(_ENCODING_DER) for each in client._sslobj.get_unverified_chain()]  # type: ignore[attr-defined]


_ENCODING_DER = 2


def test_the_whole_chain_is_shown() -> None:
    key = new_key()
    chain, made = chain_of(key), context()
    assert native.load(made, chain, der(key))
    assert shown_to_a_visitor(made) == chain


def test_files_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key()
    chain = chain_pem(key)
    from_memory = shown_to_a_visitor(server_context(chain, pem(key)))
    monkeypatch.setattr(native, "load", lambda *_: False)
    assert shown_to_a_visitor(server_context(chain, pem(key))) == from_memory


def test_an_rsa_key_is_left_to_files() -> None:
    key = rsa.generate_private_key(65537, 2048)
    assert not native.load(context(), chain_of(key), der(key))
    chain = chain_pem(key)
    assert len(shown_to_a_visitor(server_context(chain, pem(key)))) == 2


@pytest.mark.parametrize(
    "chain",
    [[], [b""], [b"\x30\x03abc"], [bytes(2000)], [LEAF[:-5]]],
    ids=["none", "empty", "short", "zeros", "cut"],
)
def test_what_is_no_certificate_is_not_loaded(chain: Sequence[bytes]) -> None:
    assert not native.load(context(), chain, der(new_key()))


def test_a_key_of_another_certificate_is_told_in_words() -> None:
    key, other = new_key(), new_key()
    assert not native.load(context(), chain_of(key), der(other))
    with pytest.raises(ssl.SSLError, match="KEY_VALUES_MISMATCH"):
        server_context(chain_pem(key), pem(other))


@pytest.mark.parametrize("cut", [1, 60, 100])
def test_half_a_key_is_not_loaded(cut: int) -> None:
    key = new_key()
    assert not native.load(context(), chain_of(key), der(key)[:-cut])
