import pytest

from store import domains, organisations
from tests.edge.cli.desk import Desk


def test_added_organisations_are_listed(meridian: Desk) -> None:
    meridian.done("organisation", "add", "acme", "--name", "Acme & Co")
    assert meridian.done("organisation", "list").out == "acme\tAcme & Co\nmeridian\tMeridian Telecom\n"


def test_suspension_is_listed_until_it_ends(meridian: Desk) -> None:
    assert "suspended" in meridian.done("organisation", "suspend", "meridian").out
    assert meridian.done("organisation", "list").out == "meridian\tMeridian Telecom\tsuspended\n"
    assert "resumed" in meridian.done("organisation", "resume", "meridian").out
    assert "suspended" not in meridian.done("organisation", "list").out


def test_removed_organisation_takes_its_domains_along(meridian: Desk) -> None:
    meridian.done("domain", "add", "shop.customer.test", "--organisation", "meridian")
    meridian.done("organisation", "remove", "meridian")
    assert meridian.done("organisation", "list").out == ""
    assert meridian.store(domains.every) == []


def test_organisation_gets_a_name_under_the_provider(desk: Desk) -> None:
    desk.configure(provider_domain="portals.provider.test")
    desk.done("organisation", "add", "meridian", "--name", "Meridian")
    [found] = desk.store(domains.every)
    assert found.hostname == "meridian.portals.provider.test"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("add", "meridian", "--name", "Again"), "there is an organisation 'meridian' already"),
        (("add", "Bad Slug", "--name", "Bad"), "use 1 to 40 lower-case letters"),
        (("add", "bad", "--name", "Bad\nName"), "use one line"),
        (("suspend", "nobody"), "there is no organisation 'nobody'"),
        (("resume", "nobody"), "there is no organisation 'nobody'"),
        (("remove", "nobody"), "there is no organisation 'nobody'"),
    ],
)
def test_refusal_changes_nothing(meridian: Desk, words: tuple[str, ...], reason: str) -> None:
    said = meridian.typed("organisation", *words)
    assert (said.code, said.out) == (1, "") and reason in said.err
    assert [one.slug for one in meridian.store(organisations.every)] == ["meridian"]


def test_organisation_is_not_made_when_its_name_is_taken(meridian: Desk) -> None:
    meridian.done("domain", "add", "acme.portals.provider.test", "--organisation", "meridian")
    meridian.configure(provider_domain="portals.provider.test")
    said = meridian.typed("organisation", "add", "acme", "--name", "Acme")
    assert (said.code, said.err) == (1, "brassplate: acme.portals.provider.test is in use already\n")
    assert len(meridian.store(organisations.every)) == 1


def test_a_slug_that_makes_the_providers_own_name_is_refused(desk: Desk) -> None:
    desk.configure(provider_domain="platform.test")
    said = desk.typed("organisation", "add", "edge", "--name", "Sly")
    assert (said.code, said.out) == (1, "") and "'edge' is the provider's own" in said.err
    assert desk.store(organisations.every) == []


@pytest.mark.parametrize("slug", ["www", "api", "customers", "mail", "xn--bcher-kva"])
def test_a_reserved_slug_is_refused_with_a_reason(desk: Desk, slug: str) -> None:
    desk.configure()
    said = desk.typed("organisation", "add", slug, "--name", "Sly")
    assert (said.code, said.out) == (1, "")
    assert "reserved for the provider" in said.err or "international names" in said.err
    assert desk.store(organisations.every) == []
