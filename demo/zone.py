"""Zone: an authoritative parent of every name, in memory; any registered domain is deemed registered here."""

import enum
from collections.abc import Iterable, Mapping, Sequence

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from demo.records import DEFAULT_TTL, Record
from store import hostname
from store.hostname import Hostname

NAME_SERVERS = ("ns1.harbourside-dns.example", "ns2.harbourside-dns.example")
HOST_DOMAIN = Hostname("harbourside-dns.example")
MAX_CHAIN = 16
PAYLOAD = 1232
"""The largest datagram that is never fragmented (DNS flag day 2020)."""
_SOA_TIMES = f"3600 600 604800 {DEFAULT_TTL}"


class Fault(enum.Enum):
    """What is wrong with a whole domain, whatever its records say."""

    SERVFAIL = "servfail"
    SILENT = "silent"
    LAPSED = "lapsed"


class Zone:
    """Records by name, faults by domain. `own` are the provider's names, which nobody edits here."""

    def __init__(self, own: Mapping[str, Sequence[str]], server_address: str = "127.0.0.1") -> None:
        self._records: dict[dns.name.Name, list[Record]] = {}
        self._faults: dict[Hostname, Fault] = {}
        self._serial = 1
        servers = {server: [server_address] for server in NAME_SERVERS}
        for name, addresses in (servers | dict(own)).items():
            for address in addresses:
                self.add(Record(name, "AAAA" if ":" in address else "A", address))
        self._own = frozenset(filter(None, map(_registered, self._records)))

    def add(self, record: Record) -> None:
        """Put a record in; the same name, type and value again changes its TTL alone."""
        self.remove(record)
        self._records.setdefault(_name(record.name), []).append(record)

    def remove(self, record: Record) -> None:
        """Take a record out, whatever its TTL; nothing happens if there is none."""
        key = _name(record.name)
        kept = [r for r in self._records.get(key, ()) if (r.type, r.value) != (record.type, record.value)]
        if kept:
            self._records[key] = kept
        else:
            self._records.pop(key, None)
        self._serial += 1

    def records(self, domain: Hostname) -> list[Record]:
        """A domain's own records, the apex first, then by name."""
        found = [r for name, held in self._records.items() if _registered(name) == domain for r in held]
        return sorted(found, key=lambda record: (record.name != domain, record))

    def every(self) -> list[Record]:
        """All records that somebody may have entered: those of domains that are nobody's own."""
        held = (record for records in self._records.values() for record in records)
        return sorted(r for r in held if not self.is_own(_registered(_name(r.name)) or Hostname("")))

    def domains(self) -> list[Hostname]:
        """The domains that records were entered for, by name."""
        registered = (_registered(_name(record.name)) for record in self.every())
        return sorted({domain for domain in registered if domain})

    def set_fault(self, domain: Hostname, fault: Fault | None) -> None:
        """Let a whole domain fail, or mend it with None."""
        self._faults.pop(domain, None)
        if fault is not None:
            self._faults[domain] = fault

    def fault(self, domain: Hostname) -> Fault | None:
        """How a domain fails at present."""
        return self._faults.get(domain)

    def is_own(self, domain: Hostname) -> bool:
        """Whether a domain belongs to the provider or to the DNS host itself."""
        return domain in self._own or "*." + domain.partition(".")[2] in self._own

    def addresses(self, name: str, kind: str) -> list[str]:
        """The A or AAAA values at the end of a name's chain of CNAMEs; not those of an ALIAS there."""
        scratch = dns.message.Message()
        ends = self._chain(scratch, _name(name), dns.rdatatype.from_text(kind))
        return [r.value for end in ends for r in self._held(end) or () if r.type == kind]

    def answer(self, query: dns.message.Message) -> dns.message.Message | None:
        """The reply of an authoritative server, or None for a server that stays silent."""
        reply = dns.message.make_response(query, our_payload=PAYLOAD)
        refusal = _refusal(query)
        if refusal is not None:
            reply.set_rcode(refusal)
            return reply
        question = query.question[0]
        match self._faults.get(_registered(question.name) or Hostname("")):
            case Fault.SILENT:
                return None
            case Fault.SERVFAIL:
                reply.set_rcode(dns.rcode.SERVFAIL)
            case Fault.LAPSED:
                reply.flags |= dns.flags.AA
                self._deny(reply, dns.name.root, exists=False)
            case None:
                reply.flags |= dns.flags.AA
                self._fill(reply, question.name, question.rdtype)
        return reply

    def _fill(self, reply: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        """Follow CNAMEs as far as they lead (RFC 1034 4.3.2); a loop ends where it closes."""
        for owner in self._chain(reply, name, kind):
            held = self._held(owner)
            if held is None:
                self._deny(reply, owner, exists=False)
                return
            rrsets = self._rrsets(owner, held, kind)
            reply.answer += rrsets
            if not rrsets:
                self._deny(reply, owner, exists=True, parent=kind == dns.rdatatype.DS)

    def _chain(
        self, reply: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType
    ) -> Iterable[dns.name.Name]:
        """Put the CNAMEs on the way into the reply and yield the name where they end, if they do."""
        seen: set[dns.name.Name] = set()
        while name not in seen and len(seen) <= MAX_CHAIN:
            seen.add(name)
            aliases = [r for r in self._held(name) or () if r.type == "CNAME"]
            if not aliases or kind in (dns.rdatatype.CNAME, dns.rdatatype.ANY):
                yield name
                return
            reply.answer.append(_rrset(name, "CNAME", aliases))
            name = _name(aliases[0].value)
            if self._faults.get(_registered(name) or Hostname("")):
                return

    def _held(self, name: dns.name.Name) -> Sequence[Record] | None:
        """The records at a name or by its wildcard (RFC 4592); None where the name does not exist."""
        if name in self._records:
            return self._records[name]
        if self._has_below(name):
            return ()
        encloser = name
        while encloser != dns.name.root:
            encloser = encloser.parent()
            if (wildcard := self._records.get(_below(encloser))) is not None:
                return wildcard
            if self._has_below(encloser) or _apex(encloser) == encloser:
                break
        return () if _apex(name) == name or _registered(name) is None else None

    def _has_below(self, name: dns.name.Name) -> bool:
        return any(held.is_subdomain(name) for held in self._records)

    def _rrsets(
        self, name: dns.name.Name, held: Sequence[Record], kind: dns.rdatatype.RdataType
    ) -> list[dns.rrset.RRset]:
        if kind == dns.rdatatype.ANY:
            kinds = list(dict.fromkeys([*_apex_kinds(name), *(r.type for r in held if r.type != "ALIAS")]))
        else:
            kinds = [dns.rdatatype.to_text(kind)]
        return [rrset for one in kinds for rrset in self._rrsets_of(name, held, one)]

    def _rrsets_of(self, name: dns.name.Name, held: Sequence[Record], kind: str) -> list[dns.rrset.RRset]:
        if kind in _apex_kinds(name):
            return [self._soa(name)] if kind == "SOA" else [_name_servers(name)]
        if kind in ("A", "AAAA"):
            targets = [r for r in held if r.type == "ALIAS"]
            flat = [Record("", kind, a, r.ttl) for r in targets for a in self.addresses(r.value, kind)]
            held = [*held, *flat]
        matching = [r for r in held if r.type == kind]
        return [_rrset(name, kind, matching)] if matching else []

    def _deny(
        self, reply: dns.message.Message, name: dns.name.Name, *, exists: bool, parent: bool = False
    ) -> None:
        """No such name, or no such type there, with the SOA that says for how long (RFC 2308)."""
        apex = _apex(name)
        reply.authority.append(self._soa(dns.name.root if parent and name == apex else apex))
        if not exists:
            reply.set_rcode(dns.rcode.NXDOMAIN)

    def _soa(self, apex: dns.name.Name) -> dns.rrset.RRset:
        text = f"{NAME_SERVERS[0]}. hostmaster.{HOST_DOMAIN}. {self._serial} {_SOA_TIMES}"
        return dns.rrset.from_text(apex, DEFAULT_TTL, "IN", "SOA", text)


def _refusal(query: dns.message.Message) -> dns.rcode.Rcode | None:
    if query.edns > 0:
        return dns.rcode.BADVERS
    if query.opcode() != dns.opcode.QUERY:
        return dns.rcode.NOTIMP
    if len(query.question) != 1:
        return dns.rcode.FORMERR
    question = query.question[0]
    transfers = (dns.rdatatype.AXFR, dns.rdatatype.IXFR)
    if question.rdclass != dns.rdataclass.IN or question.rdtype in transfers:
        return dns.rcode.REFUSED
    return None


def _name(text: str) -> dns.name.Name:
    return dns.name.from_text(text.lower())


def _below(name: dns.name.Name) -> dns.name.Name:
    try:
        return dns.name.Name([b"*", *name.labels])
    except dns.name.NameTooLong:
        return name


def _registered(name: dns.name.Name) -> Hostname | None:
    """The registered domain of a name of the wire, by the public suffix list."""
    if name == dns.name.root:
        return None
    return hostname.registered_domain(Hostname(name.to_text(omit_final_dot=True).lower()))


def _apex(name: dns.name.Name) -> dns.name.Name:
    """Where the zone of a name begins: its registered domain, or the root for public suffixes."""
    domain = _registered(name)
    return dns.name.Name(name.labels[-(domain.count(".") + 2) :]) if domain else dns.name.root


def _apex_kinds(name: dns.name.Name) -> tuple[str, ...]:
    return ("SOA", "NS") if _apex(name) == name else ()


def _name_servers(apex: dns.name.Name) -> dns.rrset.RRset:
    return dns.rrset.from_text(apex, DEFAULT_TTL, "IN", "NS", *(server + "." for server in NAME_SERVERS))


def _rrset(name: dns.name.Name, kind: str, records: Sequence[Record]) -> dns.rrset.RRset:
    ttl = min(record.ttl for record in records)
    return dns.rrset.from_text_list(name, ttl, "IN", kind, [record.value for record in records])
