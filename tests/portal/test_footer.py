from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal import footer
from portal.frame import Line
from store.portals import Portal

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BARE = Portal(
    organisation_id=1,
    name="Meridian Telecom",
    enabled=True,
    suspended=False,
    time_zone="Europe/London",
    currency="GBP",
    company_number="",
    vat_number="",
    address="",
    phone="",
    email="",
    payment_details="",
    opening_hours="",
    complaints_url="",
    adr_scheme="",
    adr_url="",
    keep_calls_days=None,
    mail_from="",
    mail_from_token="",
    mail_from_verified_at=None,
    mail_reply_to="",
    updated_at=NOW,
)


def test_footer_of_an_organisation_that_gave_nothing_is_its_name() -> None:
    assert footer.contact(BARE) == (Line("Meridian Telecom"),)
    assert footer.links(BARE) == ()


def test_footer_says_what_general_condition_c4_asks_for() -> None:
    portal = replace(
        BARE,
        phone="0117 496 0123",
        opening_hours="Monday to Friday, 9 to 17:30\nSaturday, 9 to 12",
        email="help@meridian.example",
        address="1 High Street\n\n Bristol ",
        company_number="08123456",
        vat_number="GB 123",
        complaints_url="https://meridian.example/complaints",
        adr_scheme="Communications Ombudsman",
        adr_url="https://www.commsombudsman.org/",
    )
    assert footer.contact(portal) == (
        Line("Meridian Telecom"),
        Line("1 High Street, Bristol"),
        Line("0117 496 0123", "tel:01174960123"),
        Line("Monday to Friday, 9 to 17:30, Saturday, 9 to 12"),
        Line("help@meridian.example", "mailto:help@meridian.example"),
        Line("Company number 08123456"),
        Line("VAT number GB 123"),
    )
    assert footer.links(portal) == (
        Line("Complaints code", "https://meridian.example/complaints"),
        Line("Dispute resolution: Communications Ombudsman", "https://www.commsombudsman.org/"),
    )


def test_scheme_without_an_address_is_named_all_the_same() -> None:
    assert footer.links(replace(BARE, adr_scheme="CISAS")) == (Line("Dispute resolution: CISAS"),)


def test_links_have_the_organisations_labels_or_ours() -> None:
    portal = replace(
        BARE, terms_url="https://a.example/", contact_url="https://b.example/", contact_label="Help"
    )
    assert footer.links(portal) == (Line("Terms", "https://a.example/"), Line("Help", "https://b.example/"))


@pytest.mark.parametrize(
    ("phone", "url"),
    [
        ("+44 (0)20 7946 0000", "tel:+442079460000"),
        ("(020) 7946-0000", "tel:02079460000"),
        ("+44 20 7946 0000", "tel:+442079460000"),
    ],
)
def test_telephone_number_can_be_dialled_from_the_page(phone: str, url: str) -> None:
    assert Line(phone, url) in footer.contact(replace(BARE, phone=phone))
