"""Look: the questions about one name, in the order in which they make sense."""

import asyncio
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from edge.dns.delegation import Cut, Walk
from edge.dns.inquiry import Inquiry, Reply
from edge.dns.server import Server
from edge.dns.sights import summary
from store.diagnosis import Asked, Evidence
from store.dns_answers import Answer, Outcome, Probe, Survey, View
from store.hostname import Hostname, is_apex, registered_domain
from store.reserved_names import is_under

AT_A_NAME = 3
"""Servers of a zone that are asked one after another for what one of them can tell."""
ENDS = 3
"""Targets that are followed where a zone's servers name different ones."""
_ABOUT_A_NAME = ("CNAME", "TXT", "MX", "ANY")
"""What one server is asked besides A and AAAA, to see what else stands at the name."""


class Look:
    """The questions of one look, in the order in which they make sense."""

    def __init__(
        self,
        inquiry: Inquiry,
        walk: Walk,
        hostname: Hostname,
        target: str | None,
        at: datetime,
    ):
        self._inquiry = inquiry
        self._walk = walk
        self._hostname = hostname
        self._target = target
        self._at = at
        self._ours: Server | None = None
        self._cut: Cut | None = None
        self._names = Names()

    def evidence(self, probes: tuple[Probe, ...] = ()) -> Evidence:
        """What has been seen so far."""
        survey = Survey(
            at=self._at,
            zone=self._cut.zone if self._cut else "",
            nameservers=self._cut.nameservers if self._cut else (),
            answers=tuple(self._inquiry.answers),
            doubled=self._names.doubled,
            sibling=self._names.sibling,
            child=self._names.child,
            probes=probes,
        )
        return summary(survey, self._hostname, self._target)

    async def zone(self) -> None:
        """The zone's own servers, all of them, and the servers of each further name of the chain."""
        self._cut = cut = await self._walk.cut_of(self._hostname)
        if cut is None or not cut.servers:
            return
        answers = await self._of_all(cut.servers, self._hostname)
        good = next((s for s in cut.servers if _answered(answers, s)), None)
        if good is not None:
            await asyncio.gather(*(self._ask(good, self._hostname, kind) for kind in _ABOUT_A_NAME))
            await self._nameservers(good, cut)
        ends = dict.fromkeys(_aliases(answers, self._hostname))
        await asyncio.gather(*(self._follow(name) for name in list(ends)[:ENDS]))

    async def by_public(self, servers: Sequence[Server]) -> None:
        """What each of the public resolvers says."""
        await asyncio.gather(*(self._resolver(View.PUBLIC, server) for server in servers))

    async def by_ours(self, servers: Sequence[Server]) -> None:
        """What the first of our resolvers that answers says."""
        for server in servers[:AT_A_NAME]:
            if await self._resolver(View.OURS, server):
                self._ours = server
                return

    async def besides(self) -> None:
        """The names around it: what a panel may have made of it, and what nobody entered."""
        evidence = self.evidence()
        if evidence.asked is Asked.FAILED:
            return
        if not evidence.chain and not evidence.addresses:
            zone = (self._cut.zone if self._cut else "") or registered_domain(self._hostname) or ""
            self._names.doubled = _fitting(f"{self._hostname}.{zone}") if zone else ""
            await self._best_of(self._names.doubled, "A", "CNAME")
        elif not is_apex(self._hostname):
            token = secrets.token_hex(6)
            self._names.sibling = _fitting(f"{token}.{self._hostname.partition('.')[2]}")
            self._names.child = _fitting(f"{token}.{self._hostname}")
            await self._best_of(self._names.sibling, "A")
            await self._best_of(self._names.child, "A")

    async def permissions(self) -> None:
        """CAA from the name up, the alias of each label followed, until some are found (RFC 8659 section 3)."""
        label = str(self._hostname)
        while label:
            found = await self._permissions_at(label)
            if found is None or found:
                return
            label = label.partition(".")[2]

    async def whose(self, address: str) -> None:
        """What the network of an address calls it."""
        name = ipaddress.ip_address(address).reverse_pointer
        if self._ours is not None:
            await self._inquiry.ask(View.OURS, self._ours, name, "PTR", recursion=True)

    async def _permissions_at(self, label: str) -> bool | None:
        """Whether CAA records stand at a label or at its alias; None when nobody said."""
        for _ in range(self._inquiry.limits.hops):
            answer = await self._best(label, "CAA")
            if answer is None or not answer.outcome.answered:
                return None
            if any(record.kind == "CAA" for record in answer.records):
                return True
            aliases = _aliases([answer], label) if answer.view is View.ZONE else []
            if not aliases:
                return False
            label = aliases[0]
        return False

    async def _follow(self, name: str) -> None:
        seen = {str(self._hostname)}
        while name and name != self._target and name not in seen and len(seen) <= self._inquiry.limits.hops:
            seen.add(name)
            cut = await self._walk.cut_of(name)
            answers: list[Answer] = []
            for server in cut.servers[:AT_A_NAME] if cut else ():
                answers = await self._of_all((server,), name)
                if _answered(answers, server):
                    break
            name = next(iter(_aliases(answers, name)), "")

    async def _of_all(self, servers: Sequence[Server], name: str) -> list[Answer]:
        asked = [self._ask(server, name, kind) for server in servers for kind in ("A", "AAAA")]
        return [reply.answer for reply in await asyncio.gather(*asked)]

    async def _ask(self, server: Server, name: str, kind: str) -> Reply:
        return await self._inquiry.ask(View.ZONE, server, name, kind, recursion=False)

    async def _resolver(self, view: View, server: Server) -> bool:
        """One resolver's word, and where it fails what it says when it is told not to check."""
        kinds = ("A", "AAAA")
        asked = (self._inquiry.ask(view, server, self._hostname, kind, recursion=True) for kind in kinds)
        answers = [reply.answer for reply in await asyncio.gather(*asked)]
        for answer in answers:
            if answer.outcome is Outcome.SERVFAIL:
                await self._inquiry.ask(
                    view, server, self._hostname, answer.kind, recursion=True, unchecked=True
                )
        return any(answer.outcome.answered for answer in answers)

    async def _nameservers(self, server: Server, cut: Cut) -> None:
        """The names of the zone's servers by its own word; a referral's stand where it gives none."""
        if not cut.zone or not is_under(self._hostname, cut.zone):
            return
        answer = (await self._ask(server, cut.zone, "NS")).answer
        names = tuple(r.value for r in answer.records if r.kind == "NS" and r.name == cut.zone)
        if names and not cut.nameservers:
            self._cut = Cut(cut.zone, cut.servers, names)

    async def _best_of(self, name: str, *kinds: str) -> None:
        if name:
            await asyncio.gather(*(self._best(name, kind) for kind in kinds))

    async def _best(self, name: str, kind: str) -> Answer | None:
        """By the zone's own servers where they can be found, else by our resolver."""
        cut = await self._walk.cut_of(name)
        answer = None
        for server in cut.servers[:AT_A_NAME] if cut else ():
            answer = (await self._ask(server, name, kind)).answer
            if answer.outcome.answered:
                return answer
        if answer is not None or self._ours is None:
            return answer
        return (await self._inquiry.ask(View.OURS, self._ours, name, kind, recursion=True)).answer


@dataclass(slots=True)
class Names:
    """Names that were asked about besides the one in question."""

    doubled: str = ""
    sibling: str = ""
    child: str = ""


def _answered(answers: Sequence[Answer], server: Server) -> bool:
    return any(answer.server == server.label and answer.outcome.answered for answer in answers)


def _aliases(answers: Sequence[Answer], name: str) -> list[str]:
    return [r.value for a in answers for r in a.records if r.name == name and r.kind == "CNAME"]


def _fitting(name: str) -> str:
    """A name that the DNS can ask for."""
    return name if len(name) <= 253 else ""
