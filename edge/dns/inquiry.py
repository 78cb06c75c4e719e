"""Inquiry: the questions of one look, each kept as evidence; packets and time are bounded for all together."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.query

from edge.dns.reading import read
from edge.dns.server import Server
from store.dns_answers import Answer, Outcome, View

PAYLOAD = 1232
"""The largest datagram that is never fragmented (DNS flag day 2020)."""
SEARCH_ENDS = "the limit of questions or of time for one look was reached"


SILENT = "it gave no answer before"
PATIENCE = 2
"""Questions that a server may leave without an answer before it is asked no more in one look."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one look may cost."""

    packets: int = 200
    seconds: float = 8.0
    try_seconds: float = 1.2
    """One datagram's wait; after it the same is tried once over TCP."""
    referrals: int = 12
    """From the root to a zone."""
    nesting: int = 3
    """Walks for the address of a name server, inside a walk."""
    servers: int = 8
    """Addresses asked of one zone."""
    hops: int = 8
    """CNAMEs followed; the CAs' own resolvers stop near there."""


LIMITS = Limits()


Took = Callable[[bool, float], None]
"""Told of each question that was put: whether there was an answer, and after how many seconds."""


def untimed(answered: bool, seconds: float) -> None:
    """Nobody asks."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is kept of an answer, and the message for whoever reads on in it."""

    answer: Answer
    message: dns.message.Message | None


class Inquiry:
    """Asks servers until the packets or the time are used up; from then on every question is `NOT_ASKED`."""

    def __init__(self, limits: Limits, clock: Callable[[], datetime], took: Took = untimed):
        self.limits = limits
        self._took = took
        self.answers: list[Answer] = []
        self._clock = clock
        self._packets = limits.packets
        self._until = asyncio.get_running_loop().time() + limits.seconds
        self._deaf: set[Server] = set()
        """Servers that gave no answer by UDP and one by TCP."""
        self._silent: Counter[Server] = Counter()

    async def ask(
        self, view: View, server: Server, name: str, kind: str, *, recursion: bool, unchecked: bool = False
    ) -> Reply:
        """One question to one server: by UDP, by TCP where that was truncated or stayed without an answer."""
        started, at = perf_counter(), self._clock()
        blank = Answer(view, server.label, name, kind, Outcome.NOT_ASKED, at, unchecked=unchecked)
        if self._silent[server] >= PATIENCE:
            return self._keep(replace(blank, detail=SILENT), None)
        try:
            query = _query(name, kind, recursion=recursion, unchecked=unchecked)
            message, transport = await self._exchange(query, server)
        except _Spent:
            return self._keep(replace(blank, detail=SEARCH_ENDS), None)
        except _NoReply as failed:
            self._silent[server] += 1
            self._took(False, perf_counter() - started)
            answer = replace(blank, outcome=failed.outcome, detail=failed.detail, transport=failed.transport)
            return self._keep(_timed(answer, perf_counter() - started), None)
        except (dns.exception.DNSException, ValueError) as error:
            return self._keep(replace(blank, outcome=Outcome.MALFORMED, detail=type(error).__name__), None)
        self._took(True, perf_counter() - started)
        answer = replace(read(blank, message, recursion=recursion), transport=transport)
        return self._keep(_timed(answer, perf_counter() - started), message)

    def decline(self, view: View, server: Server, name: str, kind: str, why: str) -> None:
        """Keep that a server was not asked, and why."""
        self._keep(Answer(view, server.label, name, kind, Outcome.NOT_ASKED, self._clock(), detail=why), None)

    def _keep(self, answer: Answer, message: dns.message.Message | None) -> Reply:
        self.answers.append(answer)
        return Reply(answer, message)

    async def _exchange(self, query: dns.message.Message, server: Server) -> tuple[dns.message.Message, str]:
        lost = False
        if server not in self._deaf:
            try:
                return await self._by_udp(query, server), "udp"
            except dns.message.Truncated:
                pass
            except dns.exception.Timeout:
                lost = True
        message = await self._by_tcp(query, server)
        if lost:
            self._deaf.add(server)
        return message, "tcp"

    async def _by_udp(self, query: dns.message.Message, server: Server) -> dns.message.Message:
        seconds = self._spend()
        try:
            return await dns.asyncquery.udp(
                query,
                server.address,
                seconds,
                server.port,
                raise_on_truncation=True,
                ignore_unexpected=True,
                ignore_errors=True,
            )
        except OSError as error:
            raise _NoReply(_outcome(error), "udp", _words(error)) from None

    async def _by_tcp(self, query: dns.message.Message, server: Server) -> dns.message.Message:
        seconds = self._spend()
        try:
            return await dns.asyncquery.tcp(query, server.address, seconds, server.port)
        except (dns.exception.Timeout, TimeoutError):
            raise _NoReply(Outcome.TIMEOUT, "tcp", "") from None
        except (OSError, EOFError) as error:
            # A datagram that was lost and a refused connection: a loss, or a server that speaks no TCP.
            raise _NoReply(Outcome.TIMEOUT, "tcp", _words(error)) from None

    def _spend(self) -> float:
        left = self._until - asyncio.get_running_loop().time()
        if self._packets <= 0 or left <= 0:
            raise _Spent
        self._packets -= 1
        return min(self.limits.try_seconds, left)


class _Spent(Exception):
    """No packets or no time left."""


class _NoReply(Exception):
    """Carries how an exchange failed to the one place that makes an answer of it."""

    def __init__(self, outcome: Outcome, transport: str, detail: str):
        super().__init__(detail)
        self.outcome = outcome
        self.transport = transport
        self.detail = detail


def _query(name: str, kind: str, *, recursion: bool, unchecked: bool) -> dns.message.QueryMessage:
    flags = dns.flags.AD | (dns.flags.RD if recursion else 0) | (dns.flags.CD if unchecked else 0)
    return dns.message.make_query(name, kind, use_edns=0, payload=PAYLOAD, flags=flags)


def _timed(answer: Answer, seconds: float) -> Answer:
    return replace(answer, milliseconds=round(seconds * 1000, 1))


def _outcome(error: OSError) -> Outcome:
    """No route, or no IPv6 at all, is our own lack; a closed port is taken for silence."""
    return Outcome.TIMEOUT if isinstance(error, ConnectionError) else Outcome.UNREACHABLE


def _words(error: BaseException) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
