"""Forward: one request to the upstream that the operator named, its answer streamed back."""

import logging
from collections.abc import Callable

import aiohttp
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from store.hostname import Hostname, canonical

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
HEAD_SECONDS = 60.0
PIECE = 64 * 1024
HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    " transfer-encoding upgrade".split()
)
_OURS = frozenset(("forwarded", "x-real-ip", "host", "expect"))
"""What a client may not say to an upstream, beside `X-Forwarded-*`; its Expect was answered here already."""
_SENT = web.ResponseKey("sent", frozenset[str])
_OUR_PAGE = frozenset(("content-type",))


class Forwarder:
    """Forwards requests to upstreams over kept connections."""

    def __init__(
        self,
        upstream_of: Callable[[Hostname], str | None],
        *,
        connect_seconds: float = CONNECT_SECONDS,
        head_seconds: float = HEAD_SECONDS,
    ):
        self._upstream_of = upstream_of
        self._timeout = aiohttp.ClientTimeout(total=None, connect=connect_seconds, sock_read=head_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the pool of connections."""
        self._session = aiohttp.ClientSession(
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=256),
        )

    async def close(self) -> None:
        """Close the pool."""
        if self._session:
            await self._session.close()

    async def forward(self, request: web.Request) -> web.StreamResponse:
        """The upstream's answer; 502 where it cannot be had, 504 where it does not come, 503 where none is named."""
        assert self._session
        hostname = canonical(request.url.raw_host or "")
        upstream = self._upstream_of(hostname) if hostname else None
        if hostname is None or upstream is None:
            return _page(503)
        try:
            answer = await self._session.request(
                request.method,
                # As sent: an upstream may tell %2F from /, and dots are its own to resolve.
                URL(upstream.rstrip("/") + _target(request), encoded=True),
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
            if answer.status == 101:  # to a protocol that it was not asked for
                return _page(502)
            return await _stream(request, answer, hostname)


async def _stream(
    request: web.Request, answer: aiohttp.ClientResponse, hostname: Hostname
) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    for name, value in _end_to_end(answer.headers):
        response.headers.add(name, value)
    response[_SENT] = frozenset(name.lower() for name in answer.headers)
    await response.prepare(request)
    try:
        async for piece in answer.content.iter_chunked(PIECE):
            await response.write(piece)
        await response.write_eof()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("answer cut short", extra={"hostname": hostname, "detail": str(error) or "time-out"})
        if request.transport:
            request.transport.abort()  # so that the visitor cannot take the part for the whole
    return response


async def leave_as_sent(_: web.Request, response: web.StreamResponse) -> None:
    """A signal before each head: out with what aiohttp adds on its own, its name and a guess at the type."""
    sent = response.get(_SENT, _OUR_PAGE)
    for name in ("Server", "Content-Type"):
        if name.lower() not in sent:
            response.headers.pop(name, None)


def _target(request: web.Request) -> str:
    target = request.raw_path
    return target if target.startswith("/") else request.rel_url.raw_path_qs


def _request_headers(request: web.Request, hostname: Hostname) -> CIMultiDict[str]:
    passed = ((name, value) for name, value in _end_to_end(request.headers) if not _is_ours(name))
    headers = CIMultiDict(passed)
    headers["Host"] = request.headers.get("Host", hostname)
    headers["X-Forwarded-For"] = request.remote or ""
    headers["X-Forwarded-Proto"] = "https"
    headers["X-Forwarded-Host"] = hostname
    return headers


def _is_ours(name: str) -> bool:
    # CGI and WSGI upstreams take an underscore for a hyphen.
    name = name.lower().replace("_", "-")
    return name in _OURS or name.startswith("x-forwarded-")


def _end_to_end(headers: CIMultiDictProxy[str]) -> list[tuple[str, str]]:
    """The headers that are for the other end (RFC 9110 7.6.1)."""
    named = {
        token.strip().lower() for value in headers.getall("Connection", []) for token in value.split(",")
    }
    gone = HOP_BY_HOP | named
    return [(name, value) for name, value in headers.items() if name.lower() not in gone]


def _page(status: int) -> web.Response:
    words = {
        503: "There is no service behind this address at present.",
        502: "The service behind this address cannot be reached just now.",
        504: "The service behind this address did not answer in time.",
    }[status]
    return web.Response(status=status, text=words + "\n", headers={"Cache-Control": "no-store"})
