"""ScriptedCA: a certificate authority in memory that signs, refuses or breaks as the test says."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from edge.tls import local_ca
from edge.tls.authority import Material, Spend, free
from edge.tls.csr import new_key, signing_request
from edge.tls.issuance_trace import Trace
from store.hostname import Hostname
from store.instants import Clock


class ScriptedCA:
    """`obtained` are the names asked for; while `open` is cleared it keeps everybody waiting."""

    name = "scripted"
    methods: tuple[str, ...] = ("http-01",)

    def __init__(self, clock: Clock, life: timedelta = timedelta(days=90)) -> None:
        self.life = life
        self.refusal: Exception | None = None
        self.chain_pem = b""
        """What is sent in place of a certificate."""
        self.obtained: list[Hostname] = []
        self.replaced: list[str] = []
        """The chains in whose place they were asked for."""
        self.avoided: list[frozenset[str]] = []
        self.given_up: list[Hostname] = []
        self.asked = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        """What happens while the CA works."""
        self._clock = clock
        self._root = local_ca.load_root(*local_ca.make_root(clock(), name="scripted"))

    async def check(self) -> str:
        if self.refusal:
            raise self.refusal
        return "the scripted CA answers"

    async def give_up(self, hostname: Hostname) -> None:
        self.given_up.append(hostname)

    async def obtain(
        self,
        hostname: Hostname,
        trace: Trace,
        spend: Spend = free,
        replaces: str = "",
        avoid: frozenset[str] = frozenset(),
    ) -> Material:
        await spend()
        self.avoided.append(avoid)
        self.replaced.append(replaces)
        self.obtained.append(hostname)
        self.asked.set()
        await self.open.wait()
        if self.meanwhile:
            await self.meanwhile()
        if self.refusal:
            raise self.refusal
        key_pem, now = new_key(), self._clock()
        request = signing_request(key_pem, hostname)
        trace.mark("order")
        return Material(
            self.chain_pem or local_ca.issue(self._root, request, hostname, now, self.life), key_pem
        )
