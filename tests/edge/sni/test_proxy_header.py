import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.sni.proxy_header import MAX_HEADER, Introduced, NeedMore, NotIntroduced, parse

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def binary(command: int, family: int, payload: bytes, length: int | None = None) -> bytes:
    return (
        SIGNATURE + struct.pack("!BBH", command, family, len(payload) if length is None else length) + payload
    )


V4 = binary(0x21, 0x11, bytes((192, 0, 2, 1, 10, 0, 0, 1)) + struct.pack("!HH", 56324, 443))
V6 = binary(
    0x21,
    0x21,
    ipaddress.ip_address("2001:db8::1").packed
    + ipaddress.ip_address("::1").packed
    + struct.pack("!HH", 7, 443),
)
WITH_MORE = binary(0x21, 0x11, V4[16:] + b"\x04\x00\x03abc")


@pytest.mark.parametrize(
    ("header", "address", "port"),
    [
        (b"PROXY TCP4 192.0.2.1 10.0.0.1 56324 443\r\n", "192.0.2.1", 56324),
        (b"PROXY TCP6 2001:DB8::1 ::1 7 443\r\n", "2001:db8::1", 7),
        (b"PROXY UNKNOWN\r\n", None, 0),
        (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", None, 0),
        (V4, "192.0.2.1", 56324),
        (V6, "2001:db8::1", 7),
        (WITH_MORE, "192.0.2.1", 56324),
        (binary(0x20, 0, b""), None, 0),
        (binary(0x20, 0x11, V4[16:]), None, 0),
        (binary(0x21, 0x31, bytes(216)), None, 0),
        (binary(0x21, 0x12, V4[16:]), None, 0),
    ],
)
@pytest.mark.parametrize("after", [b"", b"\x16\x03\x01", b"PROXY TCP4"])
def test_header_says_who_it_is_and_where_it_ends(
    header: bytes, address: str | None, port: int, after: bytes
) -> None:
    assert parse(header + after) == Introduced(address, port, len(header))
    assert all(parse(header[:end]) == NeedMore() for end in range(len(header)))


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00",
        b"proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
        b"PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n",
        b"PROXY TCP4 2001:db8::1 ::1 1 2\r\n",
        b"PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
        b"PROXY TCP4 1.2.3.4 x 1 2\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n",
        b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n" + b"a" * 107,
        b"PROXY " + b"a" * 120,
        binary(0x11, 0x11, V4[16:]),
        binary(0x22, 0x11, V4[16:]),
        binary(0x21, 0x11, b"abc"),
        binary(0x21, 0x21, V4[16:]),
        binary(0x21, 0x11, b"", MAX_HEADER),
    ],
)
def test_what_is_no_header_is_told_at_once(data: bytes) -> None:
    assert isinstance(parse(data), NotIntroduced)


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda rest: SIGNATURE + rest))
def test_nothing_is_too_odd_to_judge(data: bytes) -> None:
    found = parse(data)
    assert not isinstance(found, Introduced) or found.size <= len(data)
    assert not isinstance(found, NeedMore) or len(data) < MAX_HEADER
