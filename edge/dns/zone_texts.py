"""Zone texts: the TXT records at a name by its zone's own servers, so that one just added is seen at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import dns.asyncbackend
import dns.exception
import dns.rdata
import dns.rdtypes.ANY.TXT

from edge.dns.delegation import Walk
from edge.dns.inquiry import Inquiry, Limits
from edge.dns.lookup import Sources
from edge.dns.server import parsed
from store.dns_answers import Answer, View

LIMITS = Limits(packets=40, seconds=5.0)

Texts = Callable[[str], Awaitable[tuple[str, ...] | None]]
"""What resolvers say of the TXT records at a name; None: nobody answers."""


class ZoneTexts:
    """Asks the zone's servers, and resolvers only where none of them answers; keeps nothing between."""

    def __init__(
        self, sources: Sources, clock: Callable[[], datetime], by_resolver: Texts, *, limits: Limits = LIMITS
    ):
        dns.asyncbackend.set_default_backend("asyncio")
        self._ours = tuple(map(parsed, sources.resolvers))
        self._hints = tuple(map(parsed, sources.root_hints))
        self._port = self._hints[0].port if self._hints else sources.port
        self._private = sources.private_servers
        self._clock = clock
        self._by_resolver = by_resolver
        self._limits = limits

    async def texts(self, name: str) -> tuple[str, ...] | None:
        """Every text that any of the zone's servers gives at a name; None: nobody answers."""
        inquiry = Inquiry(self._limits, self._clock)
        walk = Walk(inquiry, self._hints, self._ours, port=self._port, private_servers=self._private)
        cut = await walk.cut_of(name)
        servers = cut.servers if cut else ()
        replies = await asyncio.gather(
            *(inquiry.ask(View.ZONE, server, name, "TXT", recursion=False) for server in servers)
        )
        heard = [reply.answer for reply in replies if reply.answer.outcome.answered]
        return tuple(dict.fromkeys(_texts(heard))) if heard else await self._by_resolver(name)


def _texts(answers: list[Answer]) -> list[str]:
    records = [record for answer in answers for record in answer.records if record.kind == "TXT"]
    return [text for record in records if (text := _joined(record.value)) is not None]


def _joined(value: str) -> str | None:
    """A record's strings as one text (RFC 7208 3.3 joins them so, and panels split long ones)."""
    try:
        record = dns.rdata.from_text("IN", "TXT", value)
    except dns.exception.DNSException:
        return None
    assert isinstance(record, dns.rdtypes.ANY.TXT.TXT)
    return b"".join(record.strings).decode("utf-8", errors="replace")
