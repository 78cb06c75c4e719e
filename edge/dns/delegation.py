"""Delegation: the walk from the root, or from the servers of a top-level domain, down to a name's own servers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import dns.message
import dns.rdatatype

from edge.dns.inquiry import Inquiry, Reply
from edge.dns.reading import is_referral, text_of
from edge.dns.server import Server, is_public
from store.dns_answers import View
from store.reserved_names import is_under

FIRST_NAMES = 4
"""Name servers of a top-level domain that a walk may begin with."""
NAMES = 6
"""Name servers of a zone whose addresses are looked for."""
AT_A_STEP = 3
"""Servers asked one after another on the way down."""
PRIVATE = "a private address, which a name on the Internet cannot be served from"


@dataclass(frozen=True, slots=True)
class Cut:
    """A zone as far as it is known, and the addresses of its name servers."""

    zone: str
    servers: tuple[Server, ...]
    nameservers: tuple[str, ...] = ()


class Walk:
    """One look's walks; what was learned of a zone serves for the next name."""

    def __init__(
        self,
        inquiry: Inquiry,
        hints: Sequence[Server],
        resolvers: Sequence[Server],
        *,
        port: int,
        private_servers: bool,
    ):
        self._inquiry = inquiry
        self._resolvers = resolvers if not hints else ()
        self._port = port
        self._private = private_servers
        self._known = {"": Cut("", tuple(hints))} if hints else {}
        self._found: dict[str, Cut | None] = {}

    async def cut_of(self, name: str, nesting: int = 0) -> Cut | None:
        """The zone that a name lies in; None when there was nowhere to begin."""
        if name not in self._found:
            self._found[name] = await self._descend(name, nesting)
        return self._found[name]

    async def addresses(self, name: str, nesting: int = 0) -> list[str]:
        """A and AAAA of a name server, by a resolver or by a walk of its own."""
        if nesting > self._inquiry.limits.nesting:
            return []
        if self._resolvers:
            servers, recursion = tuple(self._resolvers), True
        else:
            cut = await self.cut_of(name, nesting)
            servers, recursion = (cut.servers if cut else ()), False
        found: list[str] = []
        for kind in ("A", "AAAA"):
            for server in servers[:AT_A_STEP]:
                reply = await self._inquiry.ask(
                    View.DELEGATION, server, name, kind, recursion=recursion, unchecked=recursion
                )
                if reply.answer.outcome.answered:
                    found += [record.value for record in reply.answer.records if record.kind == kind]
                    break
        return found

    async def _descend(self, name: str, nesting: int) -> Cut | None:
        cut = self._deepest(name) or await self._start(name)
        if cut is None:
            return None
        for _ in range(self._inquiry.limits.referrals):
            found = await self._step(cut, name, nesting)
            if found is None or found == cut:
                return cut
            self._known[found.zone] = cut = found
            if not cut.servers:
                return cut
        return cut

    def _deepest(self, name: str) -> Cut | None:
        fitting = [zone for zone in self._known if not zone or is_under(name, zone)]
        return self._known[max(fitting, key=len)] if fitting else None

    async def _start(self, name: str) -> Cut | None:
        """The servers of the top-level domain, as the configured resolvers know them."""
        top = name.rpartition(".")[2]
        for server in self._resolvers:
            reply = await self._inquiry.ask(
                View.DELEGATION, server, top, "NS", recursion=True, unchecked=True
            )
            names = [r.value for r in reply.answer.records if r.kind == "NS" and r.name == top]
            if names:
                cut = Cut(top, await self._servers(names[:FIRST_NAMES], {}, 0), tuple(names))
                self._known[top] = cut
                return cut if cut.servers else None
            if reply.answer.outcome.answered:
                return None
        return None

    async def _step(self, cut: Cut, name: str, nesting: int) -> Cut | None:
        """One zone further down, or this one confirmed as the name's; None when nobody said."""
        for server in cut.servers[:AT_A_STEP]:
            reply = await self._inquiry.ask(View.DELEGATION, server, name, "SOA", recursion=False)
            if reply.message is None:
                continue
            if below := _referral(reply.message, cut.zone, name):
                zone, names = below
                servers = await self._servers(names, _glue(reply.message, cut.zone), nesting)
                return Cut(zone, servers, tuple(names))
            if reply.answer.outcome.answered:
                zone = await self._apex(server, reply, cut.zone, name)
                return replace(cut, zone=zone)
        return None

    async def _apex(self, server: Server, reply: Reply, above: str, name: str) -> str:
        """Where the zone of an answer begins: an alias shows no SOA, its parent's answer does."""
        while True:
            assert reply.message
            sections = (*reply.message.answer, *reply.message.authority)
            owners = [text_of(rrset.name) for rrset in sections if rrset.rdtype == dns.rdatatype.SOA]
            fitting = [owner for owner in owners if is_under(name, owner) or not owner]
            if fitting:
                return max((*fitting, above), key=len)
            name = name.partition(".")[2]
            if not name or not is_under(name, above or name):
                return above
            reply = await self._inquiry.ask(View.DELEGATION, server, name, "SOA", recursion=False)
            if not reply.answer.outcome.answered:
                return above

    async def _servers(
        self, names: Sequence[str], glue: dict[str, list[str]], nesting: int
    ) -> tuple[Server, ...]:
        found: list[Server] = []
        for name in names[:NAMES]:
            for address in glue.get(name) or await self.addresses(name, nesting + 1):
                server = Server(address, self._port, name)
                if self._private or is_public(address):
                    found.append(server)
                else:
                    self._inquiry.decline(View.DELEGATION, server, name, "NS", PRIVATE)
        # One address of each server before a second of any, IPv4 first: whoever cuts the list keeps variety.
        found.sort(key=lambda server: ":" in server.address)
        return tuple(dict.fromkeys(found))[: self._inquiry.limits.servers]


def _referral(message: dns.message.Message, zone: str, name: str) -> tuple[str, list[str]] | None:
    """The zone below this one that a reply sends us on to, with the names of its servers."""
    if not is_referral(message):
        return None
    for rrset in message.authority:
        owner = text_of(rrset.name)
        deeper = owner != zone and (not zone or is_under(owner, zone)) and is_under(name, owner)
        if rrset.rdtype == dns.rdatatype.NS and deeper:
            return owner, sorted(text_of(record.target) for record in rrset)
    return None


def _glue(message: dns.message.Message, zone: str) -> dict[str, list[str]]:
    """Addresses beside a referral, believed of names below the zone that gives them only."""
    found: dict[str, list[str]] = {}
    for rrset in message.additional:
        owner = text_of(rrset.name)
        if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA) and (not zone or is_under(owner, zone)):
            found.setdefault(owner, []).extend(record.address for record in rrset)
    return found
