"""Tree: a private DNS from its root down, on loopback: right zones, wrong ones, lame, slow and badly signed ones."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from edge.dns.examination import Examiner
from edge.dns.inquiry import LIMITS, Limits
from edge.dns.lookup import Lookup, Sources
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Authority, Diagnosis, Evidence, History
from store.dns_answers import Survey
from store.hostname import Hostname
from tests.peers.dns_relay import DnsRelay
from tests.peers.name_server import NameServer
from tests.peers.ports import free_port
from tests.peers.unbound import Unbound

TARGET = "edge.platform.test"
OURS = frozenset(("192.0.2.1", "2001:db8::1"))
SUPPORT = "help@platform.test"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AUTHORITY = Authority(("our-ca.example",), "https://our-ca.example/acme/acct/7", ("http-01", "tls-alpn-01"))

NOWHERE = "127.0.0.1:1"
"""Where no resolver listens."""
HASTY = Limits(try_seconds=0.3)
ROOT, TOP, FIRST, SECOND = "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"
LATE, BY_TCP, TRUNCATING, SILENT = "127.0.0.6", "127.0.0.7", "127.0.0.8", "127.0.0.9"
CUSTOMER = """\
@ NS ns1
@ NS ns2
ns1 A 127.0.0.4
ns2 A 127.0.0.5
shop CNAME edge.platform.test.
long CNAME shop
elsewhere CNAME portal.other.test.
mistyped CNAME edge.platfrom.test.
relative CNAME edge.platform.test
doubled.customer.test CNAME edge.platform.test.
texts TXT "nothing else"
texts MX 10 mail
_brassplate.shop TXT "brassplate-claim=" "00ff"
_brassplate.shop TXT "v=spf1 -all"
loop CNAME pool
pool CNAME loop
ours A 192.0.2.1
mixed A 192.0.2.1
mixed A 203.0.113.9
six A 192.0.2.1
six AAAA 2001:db8:bad::1
foreign A 203.0.113.9
called A 9.9.9.9
shopify A 23.227.38.65
cloudflare A 104.16.1.1
cloudflare AAAA 2606:4700::1
fastly CNAME customer.map.fastly.net.
both CNAME edge.platform.test.
both A 203.0.113.9
hanging CNAME shop.servfail.test.
xn--bcher-kva CNAME edge.platform.test.
"""
CUSTOMER += "".join(f"hop{n} CNAME hop{n + 1}\n" for n in range(12))
CUSTOMER += "".join(f'many TXT "text {n}"\n' for n in range(90))
NS = "@ NS ns1\nns1 A 127.0.0.4\n"
WELL = "@ A 192.0.2.1\n@ AAAA 2001:db8::1\n"
ZONES = {
    "platform.test": NS + 'edge A 192.0.2.1\nedge AAAA 2001:db8::1\nedge CAA 0 issue "our-ca.example"\n',
    "other.test": NS + "portal A 203.0.113.9\n",
    "net": "@ NS ns1\nns1 A 127.0.0.4\ncustomer.map.fastly A 151.101.1.1\n",
    "wild.test": NS + "* CNAME edge.platform.test.\nshop CNAME edge.platform.test.\n",
    "apex.test": NS + WELL + "@ MX 10 mail\n",
    "bare.test": NS + "@ MX 10 mail\n",
    "aliased.test": NS + "@ CNAME edge.platform.test.\n",
    "strict.test": NS + WELL + '@ CAA 0 issue "other-ca.example"\n'
    "shop CNAME edge.platform.test.\nshop.branch A 192.0.2.1\n",
    "nobody-issues.test": NS + WELL + '@ CAA 0 issue ";"\n',
    "critical.test": NS + WELL + '@ CAA 128 tbs "unknown"\n',
    "pinned.test": NS + WELL + '@ CAA 0 issue "our-ca.example; accounturi=https://our-ca.example/acme/acct/8"\n',
    "methods.test": NS + WELL + '@ CAA 0 issue "our-ca.example; validationmethods=dns-01"\n',
    "permitted.test": NS + WELL + '@ CAA 0 issue "Our-CA.example; accounturi=https://our-ca.example/acme/acct/7;'
    ' validationmethods=dns-01,http-01"\n@ CAA 0 issue "other-ca.example"\n@ CAA 0 iodef "mailto:x@permitted.test"\n',
    "mailonly.test": NS + WELL + '@ CAA 0 iodef "mailto:x@mailonly.test"\n@ CAA 0 issuewild ";"\n',
    "servfail.test": None,
    "shop.failing.test": NS + "@ A 192.0.2.1\nsub CNAME edge.platform.test.\nbare A 192.0.2.1\n",
    "failing.test": None,
    "signed.test": NS + "shop CNAME edge.platform.test.\n",
    "bogus.test": NS + "shop CNAME edge.platform.test.\n",
    "changing.test": NS + "shop CNAME portal.other.test.\n",
    "arriving.test": NS,
    "9.9.9.in-addr.arpa": "@ NS ns.other.test.\n9 PTR server7.old-host.test.\n",
}  # fmt: skip
SECOND_ZONES = {
    "customer.test": CUSTOMER,
    "differ.test": "@ NS ns1\n@ NS ns2\nns1 A 127.0.0.4\nns2 A 127.0.0.5\nshop CNAME old.other.test.\n",
}
DELEGATED = {
    **dict.fromkeys(ZONES, (FIRST,)),
    "customer.test": (FIRST, SECOND),
    "differ.test": (FIRST, SECOND),
    "lame.test": (FIRST, SECOND),
    "half.test": (FIRST, SILENT),
    "partly.test": (FIRST, SILENT),
    "silent.test": (SILENT,),
    "late.test": (LATE,),
    "tcp.test": (BY_TCP,),
    "truncated.test": (TRUNCATING,),
    "six.test": ("::1",),
}
CYCLE = "circle NS ns.ring\nring NS ns.circle\nfar NS ns1.net.\n"
"""Zones whose servers' names lie in each other, and one whose server's name lies in another tree."""


@dataclass(frozen=True)
class Tree:
    """A running tree and the addresses that a lookup is given."""

    port: int
    hint: str
    validating: str
    first: NameServer

    def sources(self, **other: object) -> Sources:
        given = {"root_hints": (self.hint,), "resolvers": (self.validating,), "private_servers": True}
        return Sources(**{**given, **other})  # type: ignore[arg-type]

    async def look(self, name: str, *, limits: Limits = LIMITS, **sources: object) -> Evidence:
        lookup = Lookup(self.sources(**sources), lambda: AT, limits=limits)
        return await lookup.look(Hostname(name), TARGET)

    async def diagnose(
        self,
        name: str,
        *,
        history: History = History(),  # noqa: B008 frozen
        authority: Authority | None = None,
        own: bool = False,
        limits: Limits = LIMITS,
        **sources: object,
    ) -> Diagnosis:
        async def ours() -> frozenset[str]:
            return OURS

        lookup = Lookup(self.sources(**sources), lambda: AT, limits=limits)
        examiner = Examiner(lookup, lambda: AT, ours, support=SUPPORT)
        wanted = destination(name, own=own)
        return (await examiner.examine(wanted, history, authority)).diagnosis


def destination(name: str, *, own: bool = False) -> Destination:
    """A customer's name, or one of the provider's own."""
    by, target = (Confirmation.ADDRESS, None) if own else (Confirmation.CNAME, Hostname(TARGET))
    return Destination(Hostname(name), Room.PORTAL, None if own else 1, False, (), by, target)


def survey_of(evidence: Evidence) -> Survey:
    assert evidence.survey
    return evidence.survey


@contextmanager
def tree() -> Iterator[Tree]:
    """Children first: a parent holds the signers of those that are signed."""
    port = free_port()
    with ExitStack() as stack:
        first = {**ZONES, "customer.test": CUSTOMER}
        differ = "@ NS ns1\n@ NS ns2\nns1 A 127.0.0.4\nns2 A 127.0.0.5\nshop CNAME edge.platform.test.\n"
        first |= {
            "differ.test": differ,
            "half.test": None,
            "far.test": NS + "shop CNAME edge.platform.test.\n",
        }
        first |= {
            f"{kind}.test": NS + "shop CNAME edge.platform.test.\n" for kind in ("late", "tcp", "partly")
        }
        signing = ("signed.test", "bogus.test")
        one = stack.enter_context(NameServer(first, FIRST, port, signed=signing))
        stack.enter_context(NameServer(SECOND_ZONES, SECOND, port, serial=2))
        six = {"six.test": "@ NS ns1\nns1 AAAA ::1\nshop CNAME edge.platform.test.\n"}
        stack.enter_context(NameServer(six, "::1", port))
        truncated = {"truncated.test": NS + "shop CNAME edge.platform.test.\n"}
        stack.enter_context(NameServer(truncated, TRUNCATING, port, truncates=True))
        stack.enter_context(DnsRelay(LATE, FIRST, port, delay=0.1))
        stack.enter_context(DnsRelay(BY_TCP, FIRST, port))
        top_text = "@ NS ns\nns A 127.0.0.3\n" + "".join(map(_delegation, DELEGATED.items()))
        top_text += CYCLE + one.delegation_signer("signed.test") + "\n"
        stale = one.delegation_signer("bogus.test").split(" ")
        stale[-1] = "0" * len(stale[-1])
        top_text += " ".join(stale) + "\n"
        top = stack.enter_context(NameServer({"test": top_text}, TOP, port, signed=("test",)))
        root_text = "@ NS a.root\na.root A 127.0.0.2\ntest NS ns.test\nns.test A 127.0.0.3\n"
        root_text += "net NS ns1.net\nns1.net A 127.0.0.4\n"
        root = stack.enter_context(NameServer({"": root_text}, ROOT, port))
        told = {"test": top.address} | {zone: one.address for zone in first if zone != "half.test"}
        validating = Unbound(told, free_port(), (top.delegation_signer("test"),))
        address = stack.enter_context(validating).address
        yield Tree(port, root.address, address, one)


def _delegation(item: tuple[str, tuple[str, ...]]) -> str:
    zone, addresses = item
    if not zone.endswith(".test"):
        return ""
    label = zone.removesuffix(".test")
    lines = []
    for number, address in enumerate(addresses, 1):
        kind = "AAAA" if ":" in address else "A"
        lines.append(f"{label} NS ns{number}.{label}\nns{number}.{label} {kind} {address}\n")
    return "".join(lines)
