"""Papers: an invoice with all that a VAT invoice says, to be changed a little by each test."""

from dataclasses import replace
from datetime import UTC, date, datetime

from portal.invoices.paper import Paper
from portal.mail.letter import Invitation, Link
from store.accounts import Account
from store.invoice_lines import Line, LineKind, Vat
from store.invoices import Invoice, Kind, Status
from store.money import Money
from store.portals import Portal

LINK = "https://billing.meridian.example/register/once"
REGISTRATION = Invitation("See your invoices at billing.meridian.example.", Link("Register", LINK))


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


PORTAL = Portal(
    organisation_id=1,
    name="Meridian Telecom",
    enabled=True,
    suspended=False,
    theme_colour="#0B6E4F",
    time_zone="Europe/London",
    currency="GBP",
    company_number="01234567",
    vat_number="GB123456789",
    address="1 High Street\nBristol\nBS1 1AA",
    phone="0117 496 0000",
    email="hello@meridian.example",
    payment_details="Sort code: 20-00-00\nAccount number: 12345678",
    opening_hours="Monday to Friday, 9.00 to 17.30",
    complaints_url="https://meridian.example/complaints",
    adr_scheme="Communications Ombudsman",
    adr_url="https://www.commsombudsman.org",
    keep_calls_days=None,
    mail_from="",
    mail_from_token="",
    mail_from_verified_at=None,
    mail_reply_to="",
    updated_at=datetime(2026, 11, 22, tzinfo=UTC),
)
ACCOUNT = Account(
    account_id=1,
    reference="A100",
    type="business",
    imported={
        "name": "Harbour Coffee Ltd",
        "email": "accounts@harbour.example",
        "phone": "",
        "address1": "1 Quay Street",
        "address2": "",
        "town": "Bristol",
        "county": "",
        "postcode": "BS1 4RW",
        "country": "",
    },
    edits={},
)
INVOICE = Invoice(
    invoice_id=1,
    public_id="abc",
    number="INV-1001",
    kind=Kind.INVOICE,
    status=Status.OUTSTANDING,
    issued_on=date(2026, 11, 1),
    due_on=date(2026, 12, 1),
    period_from=date(2026, 11, 1),
    period_to=date(2026, 11, 30),
    net=gbp(10_000),
    tax=gbp(2_000),
    gross=gbp(12_000),
    paid=gbp(0),
    due=gbp(12_000),
    po_number="PO-77",
    credits_number="",
)
LINE = Line(
    position=1,
    kind=LineKind.USAGE,
    category="Calls",
    description="Calls to UK mobiles",
    cli="0117 496 0001",
    cost_centre="Shop",
    period_from=None,
    period_to=None,
    quantity=1_000_000,
    unit_price=100_000_000,
    net=gbp(10_000),
    tax_code="standard",
    tax_rate=20_000_000,
    tax=gbp(2_000),
    has_calls=True,
)
PAPER = Paper(
    portal=PORTAL,
    account=ACCOUNT,
    invoice=INVOICE,
    lines=(LINE,),
    taxes=(Vat("standard", 20_000_000, gbp(10_000), gbp(2_000)),),
    received=(),
)


def named(name: str) -> Paper:
    """The paper to a customer of this name."""
    return replace(PAPER, account=replace(ACCOUNT, imported={**ACCOUNT.imported, "name": name}))


def of_lines(*lines: Line) -> Paper:
    """The paper with these lines, numbered."""
    return replace(PAPER, lines=tuple(replace(line, position=place) for place, line in enumerate(lines, 1)))
