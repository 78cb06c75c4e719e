"""Prover: asks the world's way whether a hostname reaches this installation: DNS, every address, TLS, our value."""

import asyncio
import hmac
import secrets
import socket
import ssl
from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from store.hostname import Hostname
from store.proof import NotProved, Proved

DEADLINE_SECONDS = 15.0
MAX_ADDRESSES = 8
ENOUGH_BYTES = 256


class Prover:
    """Connects to each address of a name, but only to addresses of ours, or of the proxy that it is set to have."""

    def __init__(
        self,
        addresses: Callable[[str], Awaitable[tuple[str, ...]]],
        our_addresses: Callable[[], Awaitable[frozenset[str]]],
        trust: ssl.SSLContext,
        port: int,
        expected: Callable[[Hostname, str], tuple[str, str]],
        leads_on: Callable[[Hostname, str], bool] = lambda hostname, address: False,
    ):
        self._addresses = addresses
        self._our_addresses = our_addresses
        self._trust = trust
        self._port = port
        self._expected = expected
        self._leads_on = leads_on

    async def prove(self, hostname: Hostname) -> Proved | NotProved:
        """Proved when every address found leads to us and answers with a trusted certificate and our value."""
        found, ours = await asyncio.gather(self._addresses(hostname), self._our_addresses())
        if not found:
            return NotProved("", "the name has no address yet")
        foreign = [a for a in found if a not in ours and not self._leads_on(hostname, a)]
        if foreign:
            return NotProved(foreign[0], "this address is not ours")
        for address in found[:MAX_ADDRESSES]:
            if reason := await self._fault(hostname, address):
                return NotProved(address, reason)
        return Proved(found)

    async def _fault(self, hostname: Hostname, address: str) -> str:
        nonce = secrets.token_urlsafe(32)
        path, value = self._expected(hostname, nonce)
        connector = aiohttp.TCPConnector(resolver=_Fixed(address), ssl=self._trust, force_close=True)
        timeout = aiohttp.ClientTimeout(total=DEADLINE_SECONDS)
        try:
            async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
                url = f"https://{hostname}:{self._port}{path}"
                async with session.get(url, allow_redirects=False) as response:
                    body = await _beginning(response.content)
        except aiohttp.ClientConnectorCertificateError as error:
            return f"the certificate is not trusted: {error.certificate_error}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return f"no answer: {str(error) or 'time-out'}"
        if response.status != 200 or not hmac.compare_digest(body, value.encode()):
            return f"something else answers there (status {response.status})"
        return ""


async def _beginning(content: aiohttp.StreamReader) -> bytes:
    """The body, or more of it than our value is long: `read` gives what has arrived, which may be less."""
    body = b""
    async for piece in content.iter_any():
        body += piece
        if len(body) > ENOUGH_BYTES:
            break
    return body


class _Fixed(AbstractResolver):
    """Says one address for every name: the one that our own look at the DNS found."""

    def __init__(self, address: str):
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=self._address,
                port=port,
                family=socket.AF_INET6 if ":" in self._address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        return None
