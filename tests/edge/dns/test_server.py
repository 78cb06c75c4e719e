import pytest

from edge.dns.server import Server, is_public, parsed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
    ],
)
def test_address_of_our_own_side_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "193.0.14.129", "2001:7fd::1", "64:ff9b::101:101"])
def test_address_of_the_world_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("text", "server", "label"),
    [
        ("127.0.0.1", Server("127.0.0.1"), "127.0.0.1"),
        ("127.0.0.1:5353", Server("127.0.0.1", 5353), "127.0.0.1:5353"),
        ("::1", Server("::1"), "::1"),
        ("[::1]:5353", Server("::1", 5353), "[::1]:5353"),
    ],
)
def test_server_is_read_and_shown(text: str, server: Server, label: str) -> None:
    assert parsed(text) == server
    assert server.label == label
