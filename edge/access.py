"""Access: counts each answer where it came from, and writes its line: TLS facts, and nothing that opens a door."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from edge.proxy.terms import Answered
from edge.tls.tally import Tally
from store.hostname import Hostname

log = logging.getLogger(__name__)

TALLY = "brassplate.tally"
HOSTNAME = "brassplate.hostname"
LONGEST_PART = 20
"""Of a path: a longer one may be a one-time link's secret, and is left out."""
LONGEST_PATH = 200


@dataclass(frozen=True, slots=True)
class Access:
    """For one destination."""

    destination: str
    count: Callable[[str, int], None]
    lines: bool
    """Whether each request has one in the log."""

    def of_aiohttp(
        self,
        transport: asyncio.BaseTransport,
        request: web.BaseRequest,
        response: web.StreamResponse,
        seconds: float,
    ) -> None:
        """An answer of one of our applications."""
        method, target = (
            request.method.encode("latin-1", "replace"),
            request.raw_path.encode("utf-8", "replace"),
        )
        self.of_proxy(transport, Answered(method, target, response.status, response.body_length, seconds))

    def of_proxy(self, transport: asyncio.BaseTransport, answered: Answered) -> None:
        """An answer of an upstream, or of ours in its place."""
        tally: Tally | None = transport.get_extra_info(TALLY)
        if tally is not None:
            tally.requests += 1
        self.count(self.destination, answered.status)
        if self.lines:
            log.info("request", extra=self._facts(transport, answered, tally))

    def _facts(
        self, transport: asyncio.BaseTransport, answered: Answered, tally: Tally | None
    ) -> dict[str, object]:
        peername = transport.get_extra_info("peername")
        hostname: Hostname | None = transport.get_extra_info(HOSTNAME)
        return {
            "peer": str(peername[0]) if isinstance(peername, tuple) else "",
            "hostname": hostname,
            "destination": self.destination,
            "method": answered.method.decode("latin-1")[:LONGEST_PART],
            "path": shown_path(answered.target.decode("latin-1")),
            "status": answered.status,
            "bytes": answered.sent,
            "milliseconds": round(answered.seconds * 1000, 1),
            "version": tally and tally.version,
            "cipher": tally and tally.cipher,
            "resumed": tally and tally.resumed,
        }


def shown_path(target: str) -> str:
    """A request's target for the log: no query, and no part that is long enough to be a secret."""
    path = target.partition("?")[0].partition("#")[0]
    if "://" in path:
        path = "/" + path.partition("://")[2].partition("/")[2]
    parts = (part if len(part) <= LONGEST_PART else "…" for part in path.split("/"))
    shown = "/".join(parts)[:LONGEST_PATH]
    return shown if shown.isprintable() else ascii(shown)
