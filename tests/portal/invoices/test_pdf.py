"""The PDF that we make says what was imported, whatever it is, and always in the same bytes."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.invoices.pdf import COPY, make
from store.invoice_lines import Vat
from store.invoices import Kind, Status
from store.payments import Received
from store.payments import Status as PaymentStatus
from tests.pdf_text import PdfText
from tests.portal.invoices.papers import (
    INVOICE,
    LINE,
    LINK,
    PAPER,
    PORTAL,
    REGISTRATION,
    gbp,
    named,
    of_lines,
)


def text_of(paper: object) -> str:
    return PdfText(make(paper).content).text  # type: ignore[arg-type]


def test_letter_says_who_to_whom_what_and_how_much() -> None:
    text = text_of(PAPER)
    for said in (
        "Meridian Telecom",
        "1 High Street",
        "VAT number GB123456789",
        "Harbour Coffee Ltd",
        "BS1 4RW",
        "VAT invoice INV-1001",
        "1 November 2026",
        "1 December 2026",
        "1 to 30 Nov 2026",
        "PO-77",
        "Calls to UK mobiles",
        "0117 496 0001 · Shop",
        "VAT 20% on £100.00",
        "£120.00",
        "To pay",
        "20-00-00",
        "Page 1 of 1",
    ):
        assert said in text, said
    assert COPY not in text


def test_letter_is_a_copy_that_says_what_a_vat_invoice_would_say_too() -> None:
    text = text_of(replace(PAPER, portal=replace(PORTAL, vat_number="", address="")))
    assert COPY in text and "VAT invoice INV-1001" not in text
    assert "it does not say the supplier's address and the supplier's VAT number." in text.replace("\n", " ")


def test_foot_of_every_page_says_what_general_condition_c4_asks_for() -> None:
    file = PdfText(make(of_lines(*[LINE] * 150)).content)
    assert len(file.pages) > 2
    for page in file.pages:
        foot = " ".join(page)
        for said in (
            "0117 496 0000",
            "Monday to Friday, 9.00 to 17.30",
            "https://meridian.example/complaints",
            "Communications Ombudsman: https://www.commsombudsman.org",
        ):
            assert said in foot, said


def test_foot_that_is_too_long_is_said_in_full_at_the_end() -> None:
    hours = "Monday to Friday from nine to five, " * 30 + "never on Sundays"
    file = PdfText(make(replace(PAPER, portal=replace(PORTAL, opening_hours=hours[:480]))).content)
    assert "https://www.commsombudsman.org" in " ".join(file.pages[-1])


def test_head_of_the_table_and_the_number_of_pages_are_on_every_page_of_lines() -> None:
    file = PdfText(make(of_lines(*[LINE] * 150)).content)
    for number, page in enumerate(file.pages[:-1], 1):
        assert page.count("Description") == 1
        assert f"Page {number} of {len(file.pages)}" in page
    assert sum(page.count("Calls to UK mobiles") for page in file.pages) == 150


def test_two_thousand_lines_are_all_there() -> None:
    lines = [replace(LINE, description=f"Line {number}", cli="") for number in range(2000)]
    file = PdfText(make(of_lines(*lines)).content)
    assert [line for page in file.pages for line in page if line.startswith("Line ")] == [
        f"Line {number}" for number in range(2000)
    ]


def test_lines_are_grouped_by_category_with_what_each_comes_to() -> None:
    rental = replace(LINE, category="Rental", net=gbp(1_250))
    lines = text_of(of_lines(rental, LINE, rental)).splitlines()
    assert lines[lines.index("Rental") + 1] == "£25.00"
    assert lines[lines.index("Calls") + 1] == "£100.00"


def test_vat_and_totals_are_as_invoiced_never_computed() -> None:
    odd = replace(INVOICE, net=gbp(10_000), tax=gbp(1_999), gross=gbp(11_999), due=gbp(5), paid=gbp(7))
    text = text_of(replace(PAPER, invoice=odd, taxes=(Vat("reduced", 5_000_000, gbp(77), gbp(3)),)))
    lines = text.splitlines()
    for label, said in (
        ("Reduced VAT 5% on £0.77", "£0.03"),
        ("Total", "£119.99"),
        ("Settled so far", "−£0.07"),
        ("To pay", "£0.05"),
    ):
        assert lines[lines.index(label) + 1] == said


def test_reverse_charge_is_said() -> None:
    reverse = Vat("reverse_charge", 0, gbp(10_000), gbp(0))
    assert "the customer accounts for the VAT" in text_of(replace(PAPER, taxes=(reverse,)))


def test_credit_note_asks_for_nothing() -> None:
    note = replace(INVOICE, kind=Kind.CREDIT_NOTE, credits_number="INV-900")
    text = text_of(replace(PAPER, invoice=note))
    assert "VAT credit note INV-1001" in text and "INV-900" in text and "Credit left" in text
    assert "How to pay" not in text and "To pay" not in text


def test_settled_and_void_invoices_ask_for_nothing() -> None:
    for status in (Status.SETTLED, Status.VOID):
        text = text_of(replace(PAPER, invoice=replace(INVOICE, status=status)))
        assert "How to pay" not in text
        assert ("(void)" in text) == (status is Status.VOID)


def test_payments_received_are_listed() -> None:
    one = Received("p", date(2026, 11, 10), "Direct Debit", PaymentStatus.PAID_OUT, gbp(2_000))
    text = text_of(replace(PAPER, received=(one,)))
    assert "Payments received" in text and "Direct Debit · Paid" in text and "10 Nov 2026" in text


def test_extra_line_stands_in_the_mailed_copy_alone() -> None:
    mailed = PdfText(make(replace(PAPER, registration=REGISTRATION)).content)
    assert REGISTRATION.sentence in mailed.text and mailed.links == [LINK]
    plain = PdfText(make(PAPER).content)
    assert "portal" not in plain.text and plain.links == []


def test_same_facts_make_the_same_bytes() -> None:
    first, again = make(PAPER), make(PAPER)
    assert (first.content, first.sha256) == (again.content, again.sha256)
    assert make(named("Harbour Tea")).sha256 != first.sha256


@pytest.mark.parametrize("name", ["Łódź Café", "Ŵyn Cyf", "Ελληνικός Καφές"])
def test_names_outside_latin_1_are_printed_as_they_are(name: str) -> None:
    text = text_of(named(name))
    assert name in text and "□" not in text


def test_lost_letters_are_said() -> None:
    text = text_of(named("東京 Ltd"))
    assert "□□ Ltd" in text and "□ stands for characters" in text


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=200))
def test_any_text_makes_a_letter(name: str, description: str, address: str) -> None:
    paper = replace(
        named(name),
        lines=(replace(LINE, description=description, category=address, cli=name),),
        portal=replace(PORTAL, address=address, payment_details=description),
    )
    assert make(paper).content.startswith(b"%PDF-")


def test_row_longer_than_a_page_goes_on_overleaf() -> None:
    file = PdfText(make(of_lines(replace(LINE, description="word " * 3000))).content)
    assert len(file.pages) > 2
    assert sum(line.split().count("word") for page in file.pages for line in page) == 3000
