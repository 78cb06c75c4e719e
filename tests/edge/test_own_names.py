from dataclasses import replace
from pathlib import Path

import pytest

from edge import settings
from edge.own_names import admin_name, api_name, is_own, labels
from edge.settings import Settings
from store.destination import Confirmation, Room
from store.hostname import Hostname


@pytest.fixture
def given() -> Settings:
    edge = {
        "admin_host": "Admin.Provider.example",
        "cname_target": "customers.provider.example",
        "provider_domain": "portals.provider.example",
    }
    found = settings.from_mapping({"edge": edge, "issuer": {"kind": "local"}}, Path("/nowhere"), {})
    assert isinstance(found, Settings), found
    return found


def test_admin_console_is_a_name_of_the_provider(given: Settings) -> None:
    found = admin_name(given)
    assert (found.hostname, found.room) == ("admin.provider.example", Room.ADMIN)
    assert (found.organisation_id, found.confirmation) == (None, Confirmation.ADDRESS)


def test_api_has_a_name_where_one_is_set(given: Settings) -> None:
    assert api_name(given) is None
    found = api_name(replace(given, api_host="api.provider.example"))
    assert found and (found.hostname, found.room) == ("api.provider.example", Room.API)
    assert (found.organisation_id, found.confirmation) == (None, Confirmation.ADDRESS)


def test_name_of_the_api_is_the_providers(given: Settings) -> None:
    with_api = replace(given, api_host="rest.portals.provider.example")
    assert is_own(with_api, Hostname("rest.portals.provider.example"))
    assert "rest" in labels(with_api)


def test_labels_of_the_providers_own_hosts_are_taken(given: Settings) -> None:
    assert labels(given) == {"admin", "customers"}
    assert labels(replace(given, cname_target="in.edge.portals.provider.example")) == {"admin", "in", "edge"}


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("admin.provider.example", True),
        ("customers.provider.example", True),
        ("a.customers.provider.example", True),
        ("portals.provider.example", True),
        ("other.portals.provider.example", True),
        ("provider.example", False),
        ("notportals.provider.example", False),
        ("shop.customer.example", False),
    ],
)
def test_names_that_are_the_providers_to_give(given: Settings, name: str, own: bool) -> None:
    assert is_own(given, Hostname(name)) is own


def test_no_domain_of_the_provider_owns_nothing(given: Settings) -> None:
    assert not is_own(replace(given, provider_domain=""), Hostname("meridian.portals.provider.example"))
