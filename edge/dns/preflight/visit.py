"""Visitor: asks one address over plain HTTP for a path, and follows redirects, as a CA does for http-01.

RFC 8555 section 8.3, and what Boulder makes of it: ten redirects at most, to http and https alone and to their usual
ports, certificates not checked. Only our own addresses and public ports are ever asked, so a redirect cannot make
us knock at doors inside.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

import aiohttp

from store.hostname import Hostname, canonical
from store.preflight import Reach

MAX_REDIRECTS = 10
MAX_BODY = 512
MAX_HEAD = 4096
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one address gave, in words where it is not our answer."""

    reach: Reach
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    location: str
    server: str
    body: bytes


class Visitor:
    """Asks at our own addresses and public ports."""

    def __init__(
        self,
        *,
        addresses: Callable[[str], Awaitable[tuple[str, ...]]],
        our_addresses: Callable[[], Awaitable[frozenset[str]]],
        http_port: int,
        https_port: int,
    ):
        self._addresses = addresses
        self._our_addresses = our_addresses
        self._ports = {"http": http_port, "https": https_port}
        self._usual = {"http": 80, "https": 443}
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.check_hostname = False
        self._context.verify_mode = ssl.CERT_NONE

    async def visit(self, hostname: Hostname, address: str, path: str, value: str) -> Seen:
        """Ours where `value` is what the path gives at this address; else what was seen instead."""
        ours = await self._our_addresses()
        if address not in ours:
            return Seen(Reach.UNKNOWN, f"{address} is not one of our addresses, so it was not asked")
        url, first = urlsplit(f"http://{hostname}{path}"), f"http://{hostname} at {address}"
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = await self._asked(url, address)
            except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
                return Seen(Reach.UNKNOWN, f"{first}: {str(error) or type(error).__name__}"[:300])
            if answer.status not in _REDIRECTS:
                return _judged(answer, value, first, url)
            url = urlsplit(urljoin(url.geturl(), answer.location))
            to = f"{first}: redirects to {url.scheme}://{url.netloc}"[:300]
            if url.scheme == "https" and canonical(url.hostname or "") == hostname:
                return Seen(Reach.OTHER, f"{to}, where nobody answers while it waits for this certificate")
            if not self._is_public(url):
                return Seen(Reach.OTHER, f"{to}, where a certificate authority does not follow")
            found = await self._addresses(str(canonical(url.hostname or "")))
            here = [each for each in found if each in ours]
            if not here:
                return Seen(Reach.UNKNOWN, f"{to}, which is not ours, so it was not asked")
            address = here[0]
        return Seen(Reach.OTHER, f"{first}: redirects more than {MAX_REDIRECTS} times")

    def _is_public(self, url: SplitResult) -> bool:
        """Whether a CA would go there: a name, http or https, and the port that it usually has."""
        try:
            port = url.port
        except ValueError:
            return False
        host = url.hostname or ""
        if url.scheme not in self._ports or canonical(host) is None or _is_address(host):
            return False
        return port in (None, self._usual[url.scheme], self._ports[url.scheme])

    async def _asked(self, url: SplitResult, address: str) -> _Answer:
        host = f"[{address}]" if ":" in address else address
        target = f"{url.scheme}://{host}:{self._ports[url.scheme]}{url.path or '/'}"
        async with (
            aiohttp.ClientSession(max_line_size=MAX_HEAD, max_field_size=MAX_HEAD) as session,
            session.get(
                target + (f"?{url.query}" if url.query else ""),
                headers={"Host": url.hostname or "", "Connection": "close"},
                ssl=self._context,
                server_hostname=url.hostname if url.scheme == "https" else None,
                allow_redirects=False,
            ) as response,
        ):
            body = b""
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > MAX_BODY:
                    break
            head = response.headers
            return _Answer(response.status, head.get("Location", ""), head.get("Server", ""), body)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _judged(answer: _Answer, value: str, first: str, last: SplitResult) -> Seen:
    if answer.status == 200 and answer.body.strip() == value.encode():
        return Seen(Reach.OURS)
    server = f" from {answer.server[:60]}" if answer.server else ""
    at_last = "" if first.startswith(f"http://{last.netloc} ") else f" at {last.scheme}://{last.netloc}"[:200]
    return Seen(Reach.OTHER, f"{first}: status {answer.status}{server}{at_last} in place of our answer")
