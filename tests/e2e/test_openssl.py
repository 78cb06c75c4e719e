"""What OpenSSL's own client sees: versions, alerts, and the end that says it is one."""

from pathlib import Path

import pytest

from tests.e2e.house import house
from tests.e2e.openssl import s_client
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")
NAME = "billing.harbour.test"
REQUEST = f"GET /sign-in HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n"
LEGACY = ("-cipher", "ALL:@SECLEVEL=0")  # OpenSSL 3 itself offers no TLS 1.1 above this level


async def test_openssl_is_served_and_hears_the_end(tmp_path: Path, pebble: Pebble) -> None:
    root = tmp_path / "root.pem"
    root.write_bytes(pebble.root_pem())
    verifying = ("-CAfile", str(root), "-verify_hostname", NAME, "-verify_return_error")
    async with house(tmp_path, pebble) as running:
        await running.register(NAME)
        for version, name in (("-tls1_3", "TLSv1.3"), ("-tls1_2", "TLSv1.2")):
            said = await s_client(running.https_port, NAME, version, *verifying, send=REQUEST)
            assert f"New, {name}, Cipher is" in said
            assert "Verify return code: 0 (ok)" in said
            assert "HTTP/1.1 200 OK" in said
            assert "Harbour Telecom" in said
            received = said[said.index("HTTP/1.1 200 OK") :]
            assert "<<<" in received and "warning close_notify" in received
        assert pebble.orders() == 1


@pytest.mark.parametrize("version", ["-tls1_1", "-tls1"])
async def test_openssl_reads_protocol_version_below_tls_1_2(
    tmp_path: Path, pebble: Pebble, version: str
) -> None:
    async with house(tmp_path, pebble) as running:
        await running.register(NAME)
        said = await s_client(running.https_port, NAME, version, *LEGACY)
        assert "fatal protocol_version" in said
        assert pebble.orders() == 0
