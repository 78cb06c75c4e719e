"""Forward: one request to the upstream that the operator named, its answer streamed back."""

import logging
from collections.abc import Callable, Iterable

import aiohttp
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from store.hostname import Hostname, canonical

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
HEAD_SECONDS = 60.0
PIECE = 64 * 1024
HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    " transfer-encoding upgrade".split()
)
_OURS = frozenset(("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "host"))


class Forwarder:
    """Forwards requests to upstreams over kept connections."""

    def __init__(self, upstream_of: Callable[[Hostname], str | None]):
        self._upstream_of = upstream_of
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the pool of connections."""
        self._session = aiohttp.ClientSession(
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=HEAD_SECONDS),
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=256),
        )

    async def close(self) -> None:
        """Close the pool."""
        if self._session:
            await self._session.close()

    async def forward(self, request: web.Request) -> web.StreamResponse:
        """The upstream's answer; 502 where it cannot be had, 504 where it does not come."""
        assert self._session
        hostname = canonical(request.url.host or "")
        upstream = self._upstream_of(hostname) if hostname else None
        if hostname is None or upstream is None:
            return _page(502)
        try:
            answer = await self._session.request(
                request.method,
                upstream.rstrip("/") + _target(request),
                headers=_request_headers(request, hostname),
                data=request.content if request.body_exists else None,
                allow_redirects=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        except TimeoutError:
            log.warning("upstream time-out", extra={"hostname": hostname, "upstream": upstream})
            return _page(504)
        except (aiohttp.ClientError, OSError) as error:
            log.warning("upstream failed", extra={"hostname": hostname, "detail": str(error)})
            return _page(502)
        async with answer:
            return await _stream(request, answer)


async def _stream(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    for name, value in _end_to_end(answer.headers, ()):
        response.headers.add(name, value)
    await response.prepare(request)
    async for piece in answer.content.iter_chunked(PIECE):
        await response.write(piece)
    await response.write_eof()
    return response


def _target(request: web.Request) -> str:
    target = request.raw_path
    return target if target.startswith("/") else request.rel_url.raw_path_qs


def _request_headers(request: web.Request, hostname: Hostname) -> CIMultiDict[str]:
    headers = CIMultiDict(_end_to_end(request.headers, _OURS))
    headers["Host"] = request.headers.get("Host", hostname)
    headers["X-Forwarded-For"] = request.remote or ""
    headers["X-Forwarded-Proto"] = "https"
    headers["X-Forwarded-Host"] = hostname
    return headers


def _end_to_end(headers: CIMultiDictProxy[str], drop: Iterable[str]) -> list[tuple[str, str]]:
    """The headers that are for the other end (RFC 9110 7.6.1), without those in `drop`."""
    named = {
        token.strip().lower() for value in headers.getall("Connection", []) for token in value.split(",")
    }
    gone = HOP_BY_HOP | named | set(drop)
    return [(name, value) for name, value in headers.items() if name.lower() not in gone]


def _page(status: int) -> web.Response:
    words = {
        502: "The service behind this address cannot be reached just now.",
        504: "The service behind this address did not answer in time.",
    }[status]
    return web.Response(status=status, text=words + "\n", headers={"Cache-Control": "no-store"})
