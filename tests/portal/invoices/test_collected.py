"""What mails and made PDFs say of an invoice that is collected."""

from dataclasses import replace
from datetime import date

from portal.invoices import nudges
from portal.invoices.nudges import Facts
from portal.mail import Letter, billing, of_portal
from store.collecting import Plan
from store.invoices import Invoice
from store.mailing_items import Item, Purpose
from store.mandates import Mandate, Scheme
from store.mandates import Status as MandateStatus
from store.money import Money
from store.payments import Payment, Status
from tests import factories
from tests.portal.invoices.papers import PAPER, PORTAL

HEAD = of_portal(PORTAL, "https://billing.meridian.example")
MANDATE = Mandate(1, "MD-1", Scheme.BACS, "", "Barclays", "4021", MandateStatus.ACTIVE, True, None, None)
INVOICE: Invoice = PAPER.invoice


def failed(day: date, failure: str = "") -> Payment:
    return Payment(
        1, "abc", "PAY-1", day, "Direct Debit", Status.FAILED, Money(100, "GBP"), INVOICE.number, day, failure
    )


def test_paper_says_that_it_is_collected_instead_of_how_to_pay() -> None:
    paying = replace(PAPER, plan=Plan(INVOICE, (), (MANDATE,))).paying
    assert paying and paying.by_hand is None
    assert "will be collected by Direct Debit on or after" in paying.collected[0]
    assert paying.sentences[-1] == "Barclays, account ending 4021"


def test_paper_without_a_mandate_says_how_to_pay() -> None:
    paying = PAPER.paying
    assert paying and paying.collected == () and paying.by_hand and paying.by_hand.is_told
    assert paying.by_hand.reference == INVOICE.number


def test_mail_of_an_invoice_says_that_it_is_collected() -> None:
    letter = billing.new_invoice(
        HEAD, INVOICE, account="Harbour", path=None, attached=True, collected=("It will be collected.",)
    )
    assert "It will be collected." in letter.text and "It will be collected." in letter.html


def said(letter: Letter) -> str:
    """The words of a letter, whatever its lines and blanks are."""
    return " ".join(letter.text.replace("\N{NO-BREAK SPACE}", " ").split())


def item() -> Item:
    return Item(
        id=1,
        mailing_id=1,
        account_id=1,
        purpose=Purpose.REMINDER_BEFORE,
        object_id=1,
        recipient="a@b.example",
    )


def test_nobody_is_reminded_of_what_is_collected() -> None:
    assert INVOICE.due_on
    facts = Facts(PORTAL, HEAD, "Harbour", True, INVOICE, None, (), Plan(INVOICE, (), (MANDATE,)))
    assert (
        nudges.compose(facts, item(), factories.NOW) == "It is collected, so there is nothing to remind of."
    )
    returned = Plan(INVOICE, (failed(date(2026, 11, 3)),), (MANDATE,))
    assert not isinstance(nudges.compose(replace(facts, plan=returned), item(), factories.NOW), str)


def test_mail_of_a_failed_collection_says_why_and_when_it_is_tried_again() -> None:
    payment = failed(date(2026, 11, 3), "Insufficient funds")
    alone = billing.payment_failed(HEAD, payment, account="Harbour", path=None)
    assert "Insufficient funds" in said(alone) and "pay in another way" in said(alone)
    again = billing.payment_failed(HEAD, payment, account="Harbour", path=None, again=date(2026, 11, 13))
    assert "collected again on or after 13 November 2026" in said(again)
    assert "pay in another way" not in said(again)
