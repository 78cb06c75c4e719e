"""The parent of every name answers as an authoritative server does."""

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.records import Record
from demo.zone import NAME_SERVERS, Fault, Zone
from store.hostname import Hostname

TARGET = "customers.brassplate.localhost"
FOO = Hostname("foo.co.uk")


@pytest.fixture
def zone() -> Zone:
    return Zone({TARGET: ["127.0.0.1", "::1"], "*.portals.localhost": ["127.0.0.1"]})


def ask(zone: Zone, name: str, kind: str) -> dns.message.Message:
    reply = zone.answer(dns.message.make_query(name, kind))
    assert reply is not None
    return reply


def values(reply: dns.message.Message) -> list[tuple[str, str, str]]:
    return [
        (rrset.name.to_text(omit_final_dot=True), rrset.rdtype.name, rdata.to_text())
        for rrset in reply.answer
        for rdata in rrset
    ]


def soa_owner(reply: dns.message.Message) -> str:
    [rrset] = reply.authority
    assert rrset.rdtype is dns.rdatatype.SOA
    return rrset.name.to_text()


def test_any_registered_domain_has_soa_and_name_servers(zone: Zone) -> None:
    reply = ask(zone, "never-heard-of.co.uk", "NS")
    assert reply.flags & dns.flags.AA and not reply.flags & dns.flags.RA
    assert [value for _, _, value in values(reply)] == [server + "." for server in NAME_SERVERS]
    assert values(ask(zone, "never-heard-of.co.uk", "SOA"))[0][1] == "SOA"


def test_name_without_record_is_nxdomain_with_the_domains_soa(zone: Zone) -> None:
    reply = ask(zone, "billing.foo.co.uk", "CNAME")
    assert reply.rcode() == dns.rcode.NXDOMAIN
    assert soa_owner(reply) == "foo.co.uk."


def test_apex_without_address_is_nodata(zone: Zone) -> None:
    reply = ask(zone, "foo.co.uk", "A")
    assert (reply.rcode(), reply.answer, soa_owner(reply)) == (dns.rcode.NOERROR, [], "foo.co.uk.")


@pytest.mark.parametrize("suffix", ["co.uk", "uk", ".", "example"])
def test_public_suffix_is_nodata_of_the_root(zone: Zone, suffix: str) -> None:
    reply = ask(zone, suffix, "CAA")
    assert (reply.rcode(), soa_owner(reply)) == (dns.rcode.NOERROR, ".")


def test_ds_is_denied_by_the_parent(zone: Zone) -> None:
    assert soa_owner(ask(zone, "foo.co.uk", "DS")) == "."


def test_cname_is_chased_to_our_addresses(zone: Zone) -> None:
    zone.add(Record("billing.foo.co.uk", "CNAME", TARGET + "."))
    assert values(ask(zone, "billing.foo.co.uk", "A")) == [
        ("billing.foo.co.uk", "CNAME", TARGET + "."),
        (TARGET, "A", "127.0.0.1"),
    ]
    assert values(ask(zone, "billing.foo.co.uk", "CNAME")) == [("billing.foo.co.uk", "CNAME", TARGET + ".")]


def test_cname_to_nothing_says_nxdomain_with_its_chain(zone: Zone) -> None:
    zone.add(Record("billing.foo.co.uk", "CNAME", "customer.brassplate.localhost."))
    reply = ask(zone, "billing.foo.co.uk", "AAAA")
    assert reply.rcode() == dns.rcode.NXDOMAIN
    assert len(values(reply)) == 1 and soa_owner(reply) == "brassplate.localhost."


def test_missing_type_at_the_end_of_a_chain_is_nodata(zone: Zone) -> None:
    zone.add(Record("billing.foo.co.uk", "CNAME", TARGET + "."))
    reply = ask(zone, "billing.foo.co.uk", "CAA")
    assert (reply.rcode(), len(reply.answer)) == (dns.rcode.NOERROR, 1)


def test_cname_loop_ends_where_it_closes(zone: Zone) -> None:
    zone.add(Record("a.foo.co.uk", "CNAME", "b.foo.co.uk."))
    zone.add(Record("b.foo.co.uk", "CNAME", "a.foo.co.uk."))
    reply = ask(zone, "a.foo.co.uk", "A")
    assert [owner for owner, _, _ in values(reply)] == ["a.foo.co.uk", "b.foo.co.uk"]
    assert reply.rcode() == dns.rcode.NOERROR


def test_empty_non_terminal_exists(zone: Zone) -> None:
    zone.add(Record("_acme-challenge.billing.foo.co.uk", "TXT", '"proof"'))
    assert ask(zone, "billing.foo.co.uk", "A").rcode() == dns.rcode.NOERROR
    assert ask(zone, "other.foo.co.uk", "A").rcode() == dns.rcode.NXDOMAIN


def test_wildcard_answers_below_its_parent_only(zone: Zone) -> None:
    zone.add(Record("*.foo.co.uk", "CNAME", TARGET + "."))
    zone.add(Record("mail.foo.co.uk", "TXT", '"here"'))
    assert values(ask(zone, "any.foo.co.uk", "A"))[0] == ("any.foo.co.uk", "CNAME", TARGET + ".")
    assert ask(zone, "mail.foo.co.uk", "A").answer == []
    assert ask(zone, "x.mail.foo.co.uk", "A").rcode() == dns.rcode.NXDOMAIN


def test_alias_at_the_apex_gives_the_targets_addresses(zone: Zone) -> None:
    zone.add(Record(FOO, "ALIAS", TARGET + "."))
    assert values(ask(zone, FOO, "A")) == [(FOO, "A", "127.0.0.1")]
    assert values(ask(zone, FOO, "AAAA")) == [(FOO, "AAAA", "::1")]
    assert values(ask(zone, FOO, "CNAME")) == []


def test_alias_that_leads_back_to_itself_ends(zone: Zone) -> None:
    zone.add(Record(FOO, "ALIAS", "www.foo.co.uk."))
    zone.add(Record("www.foo.co.uk", "CNAME", FOO + "."))
    assert values(ask(zone, FOO, "A")) == []


def test_letters_case_is_kept_in_the_question_only(zone: Zone) -> None:
    zone.add(Record("billing.foo.co.uk", "A", "192.0.2.1"))
    reply = ask(zone, "BiLLing.Foo.co.UK", "A")
    assert reply.question[0].name.to_text() == "BiLLing.Foo.co.UK."
    assert [value for _, _, value in values(reply)] == ["192.0.2.1"]


def test_any_lists_what_is_there(zone: Zone) -> None:
    zone.add(Record(FOO, "MX", "10 mail.foo.co.uk."))
    assert {kind for _, kind, _ in values(ask(zone, FOO, "ANY"))} == {"SOA", "NS", "MX"}


def test_faults_show_as_servfail_silence_and_nxdomain(zone: Zone) -> None:
    zone.set_fault(FOO, Fault.SERVFAIL)
    assert ask(zone, "billing.foo.co.uk", "A").rcode() == dns.rcode.SERVFAIL
    zone.set_fault(FOO, Fault.LAPSED)
    assert ask(zone, FOO, "NS").rcode() == dns.rcode.NXDOMAIN
    zone.set_fault(FOO, Fault.SILENT)
    assert zone.answer(dns.message.make_query("billing.foo.co.uk", "A")) is None
    zone.set_fault(FOO, None)
    assert ask(zone, FOO, "NS").rcode() == dns.rcode.NOERROR


def test_chain_stops_before_a_domain_that_fails(zone: Zone) -> None:
    zone.add(Record("billing.foo.co.uk", "CNAME", "edge.bar.com."))
    zone.set_fault(Hostname("bar.com"), Fault.SERVFAIL)
    reply = ask(zone, "billing.foo.co.uk", "A")
    assert (reply.rcode(), len(reply.answer)) == (dns.rcode.NOERROR, 1)


def test_foreign_classes_operations_and_versions_are_refused(zone: Zone) -> None:
    chaos = dns.message.make_query("version.bind", "TXT", rdclass=dns.rdataclass.CH)
    transfer = dns.message.make_query(FOO, "AXFR")
    future = dns.message.make_query(FOO, "A", use_edns=1)
    replies = [zone.answer(query) for query in (chaos, transfer, future)]
    assert [reply.rcode() for reply in replies if reply] == [
        dns.rcode.REFUSED,
        dns.rcode.REFUSED,
        dns.rcode.BADVERS,
    ]


def test_removed_record_is_gone_whatever_its_ttl(zone: Zone) -> None:
    zone.add(Record("billing.foo.co.uk", "A", "192.0.2.1", 300))
    zone.add(Record("billing.foo.co.uk", "A", "192.0.2.1", 60))
    assert zone.records(FOO) == [Record("billing.foo.co.uk", "A", "192.0.2.1", 60)]
    zone.remove(Record("billing.foo.co.uk", "A", "192.0.2.1"))
    assert zone.records(FOO) == []


def test_providers_domains_are_its_own(zone: Zone) -> None:
    owned = [d for d in ("brassplate.localhost", "foo.co.uk") if zone.is_own(Hostname(d))]
    assert owned == ["brassplate.localhost"]
    assert Zone({"*.localhost": ["127.0.0.1"]}).is_own(Hostname("admin.localhost"))


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=8), st.sampled_from(["A", "NS", "DS", "ANY"]))
def test_every_name_of_the_wire_gets_a_reply(labels: list[bytes], kind: str) -> None:
    name = dns.name.Name([*labels, b""])
    reply = Zone({TARGET: ["127.0.0.1"]}).answer(dns.message.make_query(name, kind))
    assert reply is not None and reply.to_wire()
