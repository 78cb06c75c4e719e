"""What a VAT invoice must say, and which of it is missing."""

from dataclasses import replace
from typing import Any

import pytest

from portal.invoices.legal import missing
from store.invoice_lines import Vat
from store.invoices import Kind
from tests.portal.invoices.papers import ACCOUNT, INVOICE, PAPER, PORTAL, gbp, named


def test_nothing_is_missing_when_everything_is_said() -> None:
    assert missing(PAPER) == ()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"name": ""}, "the supplier's name"),
        ({"address": " \n "}, "the supplier's address"),
        ({"vat_number": ""}, "the supplier's VAT number"),
    ],
)
def test_what_the_supplier_lacks_is_missing(changes: dict[str, Any], what: str) -> None:
    assert missing(replace(PAPER, portal=replace(PORTAL, **changes))) == (what,)


def test_customer_without_name_or_address_is_missing() -> None:
    assert missing(named(" ")) == ("the customer's name",)
    nowhere = replace(ACCOUNT, imported={**ACCOUNT.imported, "address1": "", "town": "", "postcode": ""})
    assert missing(replace(PAPER, account=nowhere)) == ("the customer's address",)


def test_lines_and_rates_are_missing_when_none_were_imported() -> None:
    assert missing(replace(PAPER, lines=(), taxes=())) == ("what it is for", "the VAT by rate")


@pytest.mark.parametrize("vat", [Vat("standard", 20_000_000, gbp(10_000), gbp(1_999))])
def test_rates_are_missing_when_they_do_not_come_to_the_invoice(vat: Vat) -> None:
    assert missing(replace(PAPER, taxes=(vat,))) == ("the VAT by rate",)


def test_credit_note_must_say_what_it_credits() -> None:
    note = replace(INVOICE, kind=Kind.CREDIT_NOTE)
    assert missing(replace(PAPER, invoice=note)) == ("which invoice it credits",)
    assert missing(replace(PAPER, invoice=replace(note, credits_number="INV-1"))) == ()
