"""A proxy before Debian's nginx."""

import hashlib
import io
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.edge.proxy.upstreams import SHOP, before
from tests.edge.tls.pump import run
from tests.peers.nginx import Nginx

LOOPS = ("asyncio", "uvloop")
BIG = os.urandom(5 << 20)
SERVER = """
location / { }
location = /told {
    default_type text/plain;
    return 200 "$request_method $host $http_x_forwarded_for $http_x_forwarded_proto $http_connection.";
}
location = /count { default_type text/plain; return 200 "$connection_requests"; }
location = /once { keepalive_timeout 0; default_type text/plain; return 200 "$connection_requests"; }
location = /gone { return 204; }
location = /moved { return 301 /big; }
location = /up {
    dav_methods PUT;
}
location = /page.txt { gzip on; gzip_types *; gzip_proxied any; }
"""


@pytest.fixture(scope="module")
def nginx() -> Iterator[Nginx]:
    with Nginx(SERVER) as running:
        (running.www / "big").write_bytes(BIG)
        (running.www / "page.txt").write_text("hello " * 1000)
        yield running


@pytest.fixture
async def client(nginx: Nginx) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        before(nginx.url) as front,
        aiohttp.ClientSession(
            f"http://127.0.0.1:{front.port}", headers={"Host": SHOP}, auto_decompress=False
        ) as session,
    ):
        yield session


async def test_nginx_hears_of_the_visitor_and_not_of_the_connection(client: aiohttp.ClientSession) -> None:
    async with client.get("/told", headers={"Connection": "close", "X-Forwarded-For": "6.6.6.6"}) as response:
        assert await response.text() == f"GET {SHOP} 127.0.0.1 https ."


async def test_five_megabytes_come_from_nginx(client: aiohttp.ClientSession) -> None:
    async with client.get("/big") as response:
        assert hashlib.sha256(await response.read()).digest() == hashlib.sha256(BIG).digest()


async def test_range_is_answered_by_nginx(client: aiohttp.ClientSession) -> None:
    async with client.get("/big", headers={"Range": "bytes=10-19"}) as response:
        assert (response.status, await response.read()) == (206, BIG[10:20])
        assert response.headers["Content-Range"] == f"bytes 10-19/{len(BIG)}"


async def test_five_megabytes_go_to_nginx(client: aiohttp.ClientSession, nginx: Nginx) -> None:
    async with client.put("/up", data=io.BytesIO(BIG)) as response:
        assert response.status in (201, 204)
    assert (nginx.www / "up").read_bytes() == BIG


async def test_compressed_page_stays_compressed(client: aiohttp.ClientSession) -> None:
    async with client.get("/page.txt", headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert (await response.read())[:2] == b"\x1f\x8b"


async def test_head_has_the_length_alone(client: aiohttp.ClientSession) -> None:
    async with client.head("/big") as response:
        assert (response.headers["Content-Length"], await response.read()) == (str(len(BIG)), b"")


async def test_unchanged_page_is_not_sent_again(client: aiohttp.ClientSession) -> None:
    async with client.get("/big") as response:
        etag = response.headers["ETag"]
        await response.read()
    async with client.get("/big", headers={"If-None-Match": etag}) as response:
        assert (response.status, await response.read()) == (304, b"")


async def test_answers_without_body_follow_each_other_on_one_connection(
    client: aiohttp.ClientSession,
) -> None:
    for path, status in (("/gone", 204), ("/moved", 301), ("/missing", 404), ("/told", 200)):
        async with client.get(path, allow_redirects=False) as response:
            assert response.status == status, path


async def test_nginx_sees_one_connection_kept(client: aiohttp.ClientSession) -> None:
    counts = []
    for _ in range(4):
        async with client.get("/count", headers={"Connection": "close"}) as response:
            counts.append(await response.text())
    assert counts == ["1", "2", "3", "4"]


async def test_connection_that_nginx_ends_is_not_used_again(client: aiohttp.ClientSession) -> None:
    for _ in range(4):
        async with client.get("/once") as response:
            assert await response.text() == "1"


async def test_pipelined_requests_come_back_in_order_from_nginx(nginx: Nginx) -> None:
    async with before(nginx.url) as front:
        one = f"GET /count HTTP/1.1\r\nHost: {SHOP}\r\n\r\n"
        found = await front.raw((one * 9 + one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).encode())
    assert re.findall(rb"\r\n\r\n([0-9]+)", found) == [b"%d" % number for number in range(1, 11)]


@pytest.mark.parametrize(
    "options", [(), ("-H", "Expect: 100-continue"), ("-H", "Transfer-Encoding: chunked"), ("--http1.0",)]
)
async def test_curl_uploads_to_nginx(nginx: Nginx, options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(BIG)
    async with before(nginx.url) as front:
        url = f"http://127.0.0.1:{front.port}/up"
        command = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"Host: {SHOP}", *options]
        done = await run(*command, "-T", str(tmp_path / "big"), url)
    assert done.stdout in ("201", "204"), done.stderr
    assert (nginx.www / "up").read_bytes() == BIG
