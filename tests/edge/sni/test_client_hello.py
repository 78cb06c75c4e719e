"""The parser against real hellos, cut and mutated ones, and each lie a length can tell."""

import socket
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.sni.alerts import Alert
from edge.sni.client_hello import (
    MAX_HELLO,
    MAX_RECORDS,
    NOT_TLS,
    PLAIN_HTTP,
    ClientHello,
    NeedMore,
    NotTls,
    parse,
)
from tests.edge.sni.hellos import (
    CHROMIUM,
    alpn,
    body,
    extension,
    hello,
    message,
    python_hello,
    records,
    server_name,
    vector,
    versions,
)

NAME = b"billing.customer.example"


def parsed(data: bytes) -> ClientHello:
    found = parse(data)
    assert isinstance(found, ClientHello), found
    return found


def refused(data: bytes) -> NotTls:
    found = parse(data)
    assert isinstance(found, NotTls), found
    return found


def first_bytes_of(*command: str) -> bytes:
    """What a real client sends to a server that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        where = f"127.0.0.1:{listening.getsockname()[1]}"
        client = subprocess.Popen(
            [part.format(where=where, port=where.rpartition(":")[2]) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(10)
                data = b""
                while isinstance(parse(data), NeedMore):
                    data += connection.recv(65_536)
                return data
        finally:
            client.kill()
            client.communicate()


def test_chromium_hello_is_read() -> None:
    found = parsed(CHROMIUM)
    assert found.server_name == "billing.customer.example"
    assert found.alpn == (b"h2", b"http/1.1")
    assert found.versions == (0x0304, 0x0303)
    assert found.size == len(CHROMIUM) - 5


def test_openssl_hello_is_read() -> None:
    found = parsed(
        first_bytes_of(
            "openssl", "s_client", "-connect", "{where}", "-servername", NAME.decode(), "-alpn", "acme-tls/1"
        )
    )
    assert (found.server_name, found.alpn) == (NAME.decode(), (b"acme-tls/1",))


def test_curl_hello_is_read() -> None:
    found = parsed(
        first_bytes_of("curl", "-ks", "--resolve", "a.example:{port}:127.0.0.1", "https://a.example:{port}/")
    )
    assert (found.server_name, found.alpn) == ("a.example", (b"h2", b"http/1.1"))


def test_hello_without_name_has_none() -> None:
    assert parsed(python_hello(name=None)).server_name is None


@pytest.mark.parametrize("whole", [CHROMIUM, python_hello(alpn=("http/1.1",))], ids=["chromium", "python"])
def test_every_prefix_needs_more(whole: bytes) -> None:
    for size in range(len(whole)):
        found = parse(whole[:size])
        assert isinstance(found, NeedMore), (size, found)
        assert size < found.at_least <= len(whole)


@given(size=st.integers(32, 3_000), cut=st.integers(0, 2_100))
def test_records_of_any_size_give_the_same_answer(size: int, cut: int) -> None:
    split = records(CHROMIUM[5:], size)
    assert isinstance(parse(split[:cut]), NeedMore) == (cut < len(split))
    found = parsed(split)
    assert (found.server_name, found.alpn, found.size) == (NAME.decode(), (b"h2", b"http/1.1"), 2_023)


@given(size=st.integers(8, 200), data=st.data())
def test_asking_only_at_the_bytes_it_named_gives_the_same_answer(size: int, data: st.DataObject) -> None:
    whole = records(message(body(server_name(NAME))), size)
    have = data.draw(st.integers(0, len(whole) - 1))
    for _ in range(MAX_RECORDS * 2):
        found = parse(whole[:have])
        if not isinstance(found, NeedMore):
            break
        have = found.at_least
    assert found == parsed(whole)


@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer(data: bytes) -> None:
    assert isinstance(parse(data), ClientHello | NeedMore | NotTls)


@given(st.binary(max_size=300))
def test_any_body_gives_an_answer(data: bytes) -> None:
    assert isinstance(parse(records(message(data))), ClientHello | NotTls)


@given(data=st.data())
def test_mutated_hello_gives_an_answer(data: st.DataObject) -> None:
    whole = bytearray(python_hello(alpn=("h2", "http/1.1")))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(parse(bytes(whole)), ClientHello | NeedMore | NotTls)


@given(st.binary(min_size=1, max_size=100))
def test_what_follows_the_hello_changes_nothing(more: bytes) -> None:
    assert parse(CHROMIUM + more) == parse(CHROMIUM)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT"])
def test_plain_http_is_recognised(method: str) -> None:
    assert refused(f"{method} / HTTP/1.1\r\n".encode()) == NotTls(PLAIN_HTTP)


@pytest.mark.parametrize("data", [b"\x00", b"\x80\x2e\x01\x03\x01", b"SSH-2.0-x\r\n", b"GETS", b"\xff" * 40])
def test_other_protocols_get_no_alert(data: bytes) -> None:
    assert refused(data) == NotTls(NOT_TLS)


def test_other_record_types_are_unexpected() -> None:
    assert refused(b"\x17\x03\x03\x00\x01x").alert is Alert.UNEXPECTED_MESSAGE
    assert refused(b"\x15\x03\x01\x00\x02\x02\x28").alert is Alert.UNEXPECTED_MESSAGE


def test_record_of_another_type_inside_the_hello_is_unexpected() -> None:
    first = records(CHROMIUM[5:], 1_000)[:1_005]
    assert refused(first + b"\x17\x03\x03\x00\x01x").alert is Alert.UNEXPECTED_MESSAGE


def test_empty_record_is_unexpected() -> None:
    assert refused(b"\x16\x03\x01\x00\x00").alert is Alert.UNEXPECTED_MESSAGE


def test_other_handshake_message_is_unexpected() -> None:
    assert refused(records(b"\x02" + vector(3, body()))).alert is Alert.UNEXPECTED_MESSAGE


def test_unknown_record_version_is_refused() -> None:
    assert refused(b"\x16\x02").alert is Alert.PROTOCOL_VERSION


def test_record_over_16_kib_overflows() -> None:
    assert refused(b"\x16\x03\x01\x40\x01").alert is Alert.RECORD_OVERFLOW


def test_hello_over_16_kib_is_refused_at_its_header() -> None:
    too_long = (MAX_HELLO - 3).to_bytes(3, "big")
    assert refused(records(b"\x01" + too_long)).reason == "hello longer than 16 KiB"


def test_hello_of_16_kib_is_read() -> None:
    padding = MAX_HELLO - len(message(body(server_name(NAME), extension(21))))
    whole = message(body(server_name(NAME), extension(21, bytes(padding))))
    assert len(whole) == MAX_HELLO
    assert parsed(records(whole, 4_000)).server_name == NAME.decode()


def test_hello_in_too_many_records_is_refused() -> None:
    assert refused(records(CHROMIUM[5:], 8)).alert is Alert.ILLEGAL_PARAMETER
    assert parsed(records(CHROMIUM[5:], -(-2_023 // MAX_RECORDS))).records == MAX_RECORDS


def test_versions_lose_their_grease() -> None:
    assert parsed(hello(versions(0x1A1A, 0x0304, 0xFAFA, 0x0303))).versions == (0x0304, 0x0303)


def test_legacy_version_stands_where_the_list_is_missing() -> None:
    assert parsed(records(message(body(legacy=0x0302)))).versions == (0x0302,)


def test_name_is_given_as_sent() -> None:
    assert parsed(hello(server_name(b"Billing.CUSTOMER.example."))).server_name == "Billing.CUSTOMER.example."


def test_name_that_is_not_ascii_is_illegal() -> None:
    assert refused(hello(server_name("bücher.example".encode()))).alert is Alert.ILLEGAL_PARAMETER


MALFORMED = {
    "two names": server_name(NAME, NAME),
    "the extension twice": server_name(NAME) + server_name(NAME),
    "ALPN twice": alpn(b"h2") + alpn(b"h2"),
    "versions twice": versions(0x0304) + versions(0x0304),
    "empty name": server_name(b""),
    "empty server name extension": extension(0),
    "no name in the list": extension(0, vector(2)),
    "another kind of name": server_name(NAME, kind=1),
    "name list shorter than the extension": extension(0, vector(2, b"\x00" + vector(2, NAME)), b"x"),
    "name longer than its list": extension(0, vector(2, b"\x00\x00\xff" + NAME)),
    "empty ALPN": extension(16),
    "empty ALPN list": alpn(),
    "empty protocol": alpn(b"h2", b""),
    "protocol longer than its list": extension(16, vector(2, b"\x09h2")),
    "ALPN list shorter than the extension": extension(16, vector(2, vector(1, b"h2")), b"x"),
    "empty versions": versions(),
    "odd versions": extension(43, vector(1, b"\x03")),
    "versions longer than their extension": extension(43, b"\x09\x03\x04"),
    "extension longer than the block": b"\x00\x17\x00\x05",
    "extension cut in its header": extension(23) + b"\x00\x2b",
}


@pytest.mark.parametrize("extensions", MALFORMED.values(), ids=MALFORMED)
def test_malformed_extensions_are_a_decode_error(extensions: bytes) -> None:
    assert refused(hello(extensions)).alert is Alert.DECODE_ERROR


@pytest.mark.parametrize(
    "content",
    [
        b"",
        bytes(33),
        bytes(34) + b"\xff",
        body(suites=b""),
        body(suites=b"\x13"),
        body(compressions=b""),
        body() + b"\x00",
        body() + b"\x00\x05",
        body(extension(23)) + b"x",
    ],
)
def test_malformed_body_is_a_decode_error(content: bytes) -> None:
    assert refused(records(message(content))).alert is Alert.DECODE_ERROR
