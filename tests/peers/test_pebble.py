"""The peer itself: tests that build on it should not have to doubt it."""

from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest
from cryptography import x509

from tests.peers.pebble import Pebble
from tests.peers.process import Process


def asked(pebble: Pebble, name: str, kind: str) -> dns.message.Message:
    host, port = pebble.dns_address
    return dns.query.udp(dns.message.make_query(name, kind), host, port=port, timeout=5)


def test_dns_says_what_it_was_told(pebble: Pebble) -> None:
    pebble.set_cname("shop.customer.test", "edge.platform.test")
    pebble.add_a("edge.platform.test", "127.0.0.2", "127.0.0.3")
    pebble.add_aaaa("edge.platform.test", "::1")
    assert "edge.platform.test." in asked(pebble, "shop.customer.test", "CNAME").to_text()
    assert "127.0.0.3" in asked(pebble, "edge.platform.test", "A").to_text()
    assert "::1" in asked(pebble, "edge.platform.test", "AAAA").to_text()
    pebble.clear_cname("shop.customer.test")
    assert asked(pebble, "shop.customer.test", "CNAME").answer == []


def test_dns_fails_when_told(pebble: Pebble) -> None:
    pebble.set_servfail("shop.customer.test")
    assert asked(pebble, "shop.customer.test", "A").rcode() == dns.rcode.SERVFAIL
    pebble.clear_servfail("shop.customer.test")
    assert asked(pebble, "shop.customer.test", "A").rcode() == dns.rcode.NOERROR


def test_dns_gives_caa_records(pebble: Pebble) -> None:
    pebble.add_caa("customer.test", "ca.example")
    assert 'issue "ca.example"' in asked(pebble, "customer.test", "CAA").to_text()


def test_dns_remembers_the_questions(pebble: Pebble) -> None:
    assert pebble.dns_history("shop.customer.test") == []
    asked(pebble, "shop.customer.test", "CNAME")
    (event,) = pebble.dns_history("shop.customer.test")
    assert event["Question"] == {
        "Name": "shop.customer.test.",
        "Qtype": int(dns.rdatatype.CNAME),
        "Qclass": 1,
    }
    pebble.clear_dns_history("shop.customer.test")
    assert pebble.dns_history("shop.customer.test") == []


def test_restart_keeps_the_place_and_changes_the_root(pebble: Pebble) -> None:
    url, root = pebble.directory_url, x509.load_pem_x509_certificate(pebble.root_pem())
    pebble.restart()
    assert pebble.directory_url == url
    assert x509.load_pem_x509_certificate(pebble.root_pem()) != root


def test_killed_ca_answers_no_more_while_its_dns_does(pebble: Pebble) -> None:
    pebble.kill()
    with pytest.raises(OSError):
        pebble.root_pem()
    assert asked(pebble, "shop.customer.test", "A").rcode() == dns.rcode.NOERROR


def test_missing_program_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no-such-program is missing"):
        Process(["no-such-program"], tmp_path / "log", {})


def test_program_that_ends_is_told_with_its_words(tmp_path: Path) -> None:
    process = Process(["sh", "-c", "echo out of luck; exit 3"], tmp_path / "log", {})
    with pytest.raises(RuntimeError, match="out of luck"):
        process.wait_until(lambda: False)
