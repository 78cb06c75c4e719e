"""What a person types into a DNS host's form becomes a record, or a refusal at its field."""

import pytest

from demo.records import Record, Refused, parse, relative_name
from store.hostname import Hostname

FOO = Hostname("foo.co.uk")


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("billing", "billing.foo.co.uk"),
        (" Billing. ", "billing.foo.co.uk"),
        ("billing.foo.co.uk", "billing.foo.co.uk"),
        ("@", "foo.co.uk"),
        ("", "foo.co.uk"),
        ("*.shop", "*.shop.foo.co.uk"),
        ("_acme-challenge.billing", "_acme-challenge.billing.foo.co.uk"),
        ("bücher", "xn--bcher-kva.foo.co.uk"),
    ],
)
def test_name_is_relative_to_the_domain(typed: str, full: str) -> None:
    assert parse(FOO, "A", typed, "192.0.2.1", "60") == Record(full, "A", "192.0.2.1", 60)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("AAAA", "2001:DB8::0:7", "2001:db8::7"),
        ("CNAME", "Customers.Provider.example", "customers.provider.example."),
        ("CNAME", "www", "www.foo.co.uk."),
        ("CNAME", "@", "foo.co.uk."),
        ("ALIAS", "customers.provider.example.", "customers.provider.example."),
        ("MX", "10 mail.provider.example", "10 mail.provider.example."),
        ("TXT", 'say "hi" \\ £', '"say \\"hi\\" \\\\ \\194\\163"'),
        ("TXT", '"quoted"', '"quoted"'),
        ("CAA", '0 issue "letsencrypt.org"', '0 issue "letsencrypt.org"'),
    ],
)
def test_value_is_kept_as_zones_write_it(kind: str, value: str, stored: str) -> None:
    assert parse(FOO, kind, "x", value, "5") == Record("x.foo.co.uk", kind, stored, 5)


def test_long_text_is_cut_into_strings_of_255() -> None:
    record = parse(FOO, "TXT", "x", "a" * 300, "5")
    assert isinstance(record, Record) and record.value == f'"{"a" * 255}" "{"a" * 45}"'


@pytest.mark.parametrize(
    ("kind", "name", "value", "ttl", "field"),
    [
        ("SRV", "x", "1", "5", "type"),
        ("A", "a b", "192.0.2.1", "5", "name"),
        ("A", "x" * 64, "192.0.2.1", "5", "name"),
        ("A", "x", "300.1.1.1", "5", "value"),
        ("AAAA", "x", "192.0.2.1", "5", "value"),
        ("CNAME", "x", "https://provider.example/", "5", "value"),
        ("CNAME", "x", "", "5", "value"),
        ("MX", "x", "mail.provider.example", "5", "value"),
        ("MX", "x", "70000 mail.provider.example", "5", "value"),
        ("TXT", "x", "", "5", "value"),
        ("CAA", "x", "issue letsencrypt.org", "5", "value"),
        ("A", "x", "192.0.2.1", "0", "ttl"),
        ("A", "x", "192.0.2.1", "soon", "ttl"),
    ],
)
def test_form_is_refused_at_its_field(kind: str, name: str, value: str, ttl: str, field: str) -> None:
    refused = parse(FOO, kind, name, value, ttl)
    assert isinstance(refused, Refused) and refused.field == field


def test_panel_shows_names_without_their_domain() -> None:
    assert [relative_name(FOO, name) for name in ("foo.co.uk", "a.b.foo.co.uk")] == ["@", "a.b"]
