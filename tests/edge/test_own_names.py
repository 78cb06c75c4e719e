from dataclasses import replace
from pathlib import Path

import pytest

from edge import settings
from edge.own_names import admin_name, is_own, provider_name
from edge.settings import Settings
from store.destination import Confirmation, Room
from store.hostname import Hostname
from store.organisations import Organisation
from tests.fakes.set_clock import SetClock

MERIDIAN = Organisation(7, "meridian", "Meridian", False, "Europe/London", "GBP", SetClock().now)


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


def test_organisation_has_a_name_under_the_provider(given: Settings) -> None:
    found = provider_name(given, MERIDIAN)
    assert found is not None
    assert (found.hostname, found.room) == ("meridian.portals.provider.example", Room.PORTAL)
    assert (found.organisation_id, found.cname_target) == (7, None)


def test_organisation_has_no_such_name_without_the_domain(given: Settings) -> None:
    assert provider_name(replace(given, provider_domain=""), MERIDIAN) is None


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
