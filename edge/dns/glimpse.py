"""Glimpse: what a zone's own servers say of one name, in few questions: to see that something changed there.

No resolver is asked where the zone's servers can be: a cache that heard "no such name" would go on saying so.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

import dns.asyncbackend

from edge.dns.delegation import Walk
from edge.dns.inquiry import Inquiry, Limits, Took, untimed
from edge.dns.lookup import Sources
from edge.dns.server import Server, parsed
from store.dns_answers import Answer, View
from store.hostname import Hostname

LIMITS = Limits(packets=60, seconds=4.0)
_KINDS = ("A", "AAAA")

Said = Mapping[tuple[str, str, str], tuple[str, ...]]
"""What was said by server, name and type; who did not answer is left out."""


class Glimpser:
    """Asks for glimpses; keeps nothing between them."""

    def __init__(
        self,
        sources: Sources,
        clock: Callable[[], datetime],
        *,
        limits: Limits = LIMITS,
        took: Took = untimed,
    ):
        dns.asyncbackend.set_default_backend("asyncio")
        self._ours = tuple(map(parsed, sources.resolvers))
        self._hints = tuple(map(parsed, sources.root_hints))
        self._port = self._hints[0].port if self._hints else sources.port
        self._private = sources.private_servers
        self._clock = clock
        self._limits = limits
        self._took = took

    async def glimpse(self, hostname: Hostname) -> Said:
        """The addresses and aliases at a name by each of its zone's servers, and who may issue for it by one."""
        inquiry = Inquiry(self._limits, self._clock, self._took)
        walk = Walk(inquiry, self._hints, self._ours, port=self._port, private_servers=self._private)
        cut = await walk.cut_of(hostname)
        if cut is None or not cut.servers:
            return await self._by_resolver(inquiry, hostname)
        asked: list[tuple[Server, str, str]] = [
            (server, hostname, kind) for server in cut.servers for kind in _KINDS
        ]
        asked += [(cut.servers[0], name, "CAA") for name in {hostname, cut.zone} if name]
        answers = [inquiry.ask(View.ZONE, *each, recursion=False) for each in asked]
        said = _said([reply.answer for reply in await asyncio.gather(*answers)])
        return said or await self._by_resolver(inquiry, hostname)

    async def _by_resolver(self, inquiry: Inquiry, hostname: Hostname) -> Said:
        """By the first of our resolvers that answers, where no server of the zone does."""
        for server in self._ours:
            if found := _said([await self._of(inquiry, server, hostname, kind) for kind in _KINDS]):
                return found
        return {}

    async def _of(self, inquiry: Inquiry, server: Server, hostname: Hostname, kind: str) -> Answer:
        return (await inquiry.ask(View.OURS, server, hostname, kind, recursion=True)).answer


def _said(answers: list[Answer]) -> Said:
    return {
        (answer.server, answer.name, answer.kind): (answer.outcome.value, *sorted(_records(answer)))
        for answer in answers
        if answer.outcome.answered
    }


def _records(answer: Answer) -> list[str]:
    return [f"{record.kind} {record.value}" for record in answer.records if record.name == answer.name]
