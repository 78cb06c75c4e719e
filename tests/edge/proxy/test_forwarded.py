"""What an upstream is told of who asks, and by whom it is believed."""

import pytest

from edge.http1 import request_block
from edge.http1.request_block import RequestBlock
from edge.proxy import forwarded, hop_by_hop
from edge.proxy.terms import Client
from tests.edge.proxy.upstreams import SHOP

LIES = (
    "X-Forwarded-For: 198.51.100.7",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Host: www.example",
    "X-Forwarded-Port: 1",
    "Forwarded: for=198.51.100.7",
    "X-Real-IP: 198.51.100.7",
    "True-Client-IP: 198.51.100.7",
    "CF-Connecting-IP: 198.51.100.7",
)


def told(
    *lines: str,
    peer: str = "203.0.113.9",
    client: Client | None = None,
    minor: bytes = b"1",
    host: str = SHOP,
) -> list[str]:
    block = request_block.judge("\r\n".join(("", f"Host: {host}", *lines, "", "")).encode("latin-1"))
    assert isinstance(block, RequestBlock)
    found = forwarded.onward(block, minor, peer, client or Client(peer), SHOP).block.decode("latin-1")
    assert found.startswith("\r\n") and found.endswith("\r\n\r\n")
    return found.split("\r\n")[1:-2]


OURS = [
    "X-Forwarded-For: 203.0.113.9",
    "X-Forwarded-Proto: https",
    f"X-Forwarded-Host: {SHOP}",
    f"Forwarded: for=203.0.113.9;host={SHOP};proto=https",
    "Via: 1.1 brassplate",
]


def test_stranger_is_believed_nothing() -> None:
    assert told(*LIES) == [f"Host: {SHOP}", *OURS]


def test_trusted_proxy_is_believed_and_stands_in_the_list() -> None:
    found = told(*LIES, client=Client("203.0.113.9", trusted=True))
    assert found[: len(LIES) + 1] == [f"Host: {SHOP}", *LIES]
    assert found[len(LIES) + 1 :] == [OURS[0], *OURS[3:]]


def test_visitor_that_a_proxy_names_otherwise_comes_first() -> None:
    found = told(
        "CF-Connecting-IP: 198.51.100.7", client=Client("198.51.100.7", trusted=True), peer="203.0.113.9"
    )
    assert [line for line in found if "Forwarded-For" in line] == [
        "X-Forwarded-For: 198.51.100.7",
        "X-Forwarded-For: 203.0.113.9",
    ]


def test_addresses_of_ipv6_and_hosts_with_a_port_are_quoted() -> None:
    found = told(peer="2001:db8::1", host=f"{SHOP}:8443")
    assert f'Forwarded: for="[2001:db8::1]";host="{SHOP}:8443";proto=https' in found
    assert "X-Forwarded-For: 2001:db8::1" in found


def test_way_so_far_is_kept() -> None:
    assert [line for line in told("Via: 1.0 fred") if "Via" in line] == [
        "Via: 1.0 fred",
        "Via: 1.1 brassplate",
    ]


@pytest.mark.parametrize(
    ("lines", "minor", "of_this_hop"),
    [
        (["Connection: upgrade", "Upgrade: websocket"], b"1", ["Connection: Upgrade", "Upgrade: websocket"]),
        (["Connection: upgrade", "Upgrade: websocket"], b"0", []),
        (["Connection: upgrade", "Upgrade: websocket, h2c"], b"1", []),
        (["Connection: upgrade", "Upgrade: websocket", "Content-Length: 1"], b"1", ["Content-Length: 1"]),
        (["Upgrade: websocket"], b"1", []),
        (["TE: gzip, Trailers"], b"1", ["Connection: TE", "TE: trailers"]),
        (["TE: trailers"], b"0", []),
        (["Keep-Alive: 5", "Connection: keep-alive, a, ,b", "A: 1", "B: 1", "C: 1"], b"1", ["C: 1"]),
        (["Connection: host, content-length", "Content-Length: 1"], b"1", ["Content-Length: 1"]),
    ],
)
def test_what_is_of_one_hop_is_said_anew_or_ends_here(
    lines: list[str], minor: bytes, of_this_hop: list[str]
) -> None:
    assert [line for line in told(*lines, minor=minor) if line not in (f"Host: {SHOP}", *OURS)] == of_this_hop


def test_trailers_say_nothing_that_a_head_must() -> None:
    names = (
        b"X-Sum",
        b"Grpc-Status",
        b"Host",
        b"content_length",
        b"X-Forwarded-For",
        b"x_forwarded_host",
        b"Cookie",
    )
    found = hop_by_hop.trailers(tuple((name.lower(), name, b"1") for name in names))
    assert [name for _, name, _ in found] == [b"X-Sum", b"Grpc-Status"]
