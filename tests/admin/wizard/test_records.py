from admin.wizard.records import Record, Records, records_for, relative_name
from store.hostname import Hostname

TARGET = Hostname("customers.provider.example")
OURS = frozenset({"2001:db8::1", "203.0.113.10", "203.0.113.9"})


def test_name_in_a_domain_needs_one_cname() -> None:
    name = Hostname("billing.mycompany.co.uk")
    assert records_for(name, TARGET, OURS) == Records(
        Hostname("mycompany.co.uk"), False, TARGET, (Record("CNAME", "billing", name, TARGET),)
    )


def test_whole_domain_needs_our_addresses() -> None:
    name = Hostname("mybillingportal.com")
    assert records_for(name, TARGET, OURS) == Records(
        name,
        True,
        TARGET,
        (
            Record("A", "@", name, "203.0.113.9"),
            Record("A", "@", name, "203.0.113.10"),
            Record("AAAA", "@", name, "2001:db8::1"),
        ),
    )


def test_relative_name_keeps_inner_dots() -> None:
    assert relative_name(Hostname("billing.uk.mycompany.com")) == "billing.uk"


def test_public_suffix_is_its_own_zone() -> None:
    name = Hostname("co.uk")
    assert relative_name(name) == "co.uk"
    assert records_for(name, TARGET, OURS).zone == name
