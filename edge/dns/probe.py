"""Probe: one request for our own path at a proxy's address, to see what it does to visitors; follows nothing."""

import asyncio
import ssl

import aiohttp

from store.dns_answers import Probe
from store.hostname import Hostname

SECONDS = 5.0
PORT = 443


class Prober:
    """Asks over HTTPS without trusting: what answers is looked at, nothing is told to it."""

    def __init__(self, path: str, port: int = PORT):
        self._path = path
        self._port = port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.check_hostname = False
        self._context.verify_mode = ssl.CERT_NONE

    async def probe(self, hostname: Hostname, address: str) -> Probe:
        """Status, Location and Server of what answers there under the name."""
        host = f"[{address}]" if ":" in address else address
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, max_field_size=2048) as session,
                session.get(
                    f"https://{host}:{self._port}{self._path}",
                    headers={"Host": hostname},
                    ssl=self._context,
                    server_hostname=hostname,
                    allow_redirects=False,
                ) as response,
            ):
                location = response.headers.get("Location", "")[:500]
                server = response.headers.get("Server", "")[:100]
                return Probe(address, self._path, response.status, location, server)
        except (aiohttp.ClientError, TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            return Probe(address, self._path, None, failure=str(error)[:200] or "no answer in time")
