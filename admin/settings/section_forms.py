"""The forms of the settings' other pages: pages and links, sign-in, company details, how to pay."""

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    Form,
    IntegerField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import AnyOf, Length, NumberRange, Optional

from admin.settings.forms import SeenForm
from admin.settings.rules import MAX_URL, lines, plain_lines, web_address
from portal.forms import email_address, one_line, phone_number, stripped
from portal.payments import pay_link
from portal.payments.pay_link import NotAPayLink
from store.bill.rounding import Rounding

MAX_LABEL = 30
MAX_LINES = 600


def _line(label: str, limit: int = 100, **keywords: str) -> StringField:
    too_long = Length(max=limit, message=f"{label} has at most {limit} characters.")
    return StringField(label, [too_long, one_line], filters=[stripped], render_kw=keywords)


def _lines(label: str, rows: int) -> TextAreaField:
    too_long = Length(max=MAX_LINES, message=f"{label} has at most {MAX_LINES} characters.")
    return TextAreaField(label, [too_long, plain_lines], filters=[lines], render_kw={"rows": str(rows)})


def _url(label: str) -> StringField:
    too_long = Length(max=MAX_URL, message=f"{label} has at most {MAX_URL} characters.")
    return StringField(
        label,
        [too_long, web_address],
        filters=[stripped],
        render_kw={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"},
    )


class PagesForm(SeenForm):
    """Which pages there are, what the menu calls them, where the footer leads."""

    show_invoices = BooleanField("Invoices")
    label_invoices = _line("Menu label of invoices", MAX_LABEL, placeholder="Invoices")
    show_payments = BooleanField("Payments")
    label_payments = _line("Menu label of payments", MAX_LABEL, placeholder="Payments")
    show_calls = BooleanField("Calls")
    label_calls = _line("Menu label of calls", MAX_LABEL, placeholder="Calls")
    list_free_calls = BooleanField("List free calls to freephone numbers and helplines too")
    show_profile = BooleanField("Details")
    label_profile = _line("Menu label of details", MAX_LABEL, placeholder="Details")
    terms_label = _line("Label of the terms", MAX_LABEL, placeholder="Terms")
    terms_url = _url("Link to the terms")
    privacy_label = _line("Label of the privacy notice", MAX_LABEL, placeholder="Privacy")
    privacy_url = _url("Link to the privacy notice")
    contact_label = _line("Label of the contact page", MAX_LABEL, placeholder="Contact")
    contact_url = _url("Link to the contact page")


class SignInForm(SeenForm):
    """How long a sign-in lasts, and what it takes."""

    session_minutes = IntegerField(
        "Session length in minutes",
        [NumberRange(15, 480, "The session length is 15 to 480 minutes.")],
        render_kw={"inputmode": "numeric", "min": "15", "max": "480"},
    )
    require_second_factor = BooleanField("Second factor required")


class CompanyForm(SeenForm):
    """What every page, mail and made PDF says of the organisation."""

    phone = TelField(
        "Telephone",
        [Length(max=40, message="A telephone number has at most 40 characters."), phone_number],
        filters=[stripped],
        render_kw={"autocomplete": "off"},
    )
    opening_hours = _lines("Opening hours", 2)
    email = EmailField(
        "E-mail address", [Optional(), email_address], filters=[stripped], render_kw={"autocomplete": "off"}
    )
    address = _lines("Address", 4)
    complaints_url = _url("Complaints code")
    adr_scheme = _line("Dispute-resolution scheme")
    adr_url = _url("Address of the dispute-resolution scheme")
    company_number = _line("Company number", 20)
    vat_number = _line("VAT number", 20)


def _pay_link(_form: Form, field: Field) -> None:
    if field.data and isinstance(refused := pay_link.parse(field.data), NotAPayLink):
        raise ValidationError(refused.reason)


class PayingForm(SeenForm):
    """How customers pay what is not collected."""

    payment_details = _lines("Payment details", 4)
    pay_url = StringField(
        "Pay link",
        [_pay_link],
        filters=[stripped],
        render_kw={
            "inputmode": "url",
            "autocomplete": "off",
            "spellcheck": "false",
            "placeholder": "https://",
        },
    )


class RoundingForm(SeenForm):
    """By which rule the charges of calls became money on the bills that are imported."""

    rounding = StringField(
        "Parts of a penny", [AnyOf(tuple(Rounding), "Choose how parts of a penny are rounded.")]
    )
    round_each_call = BooleanField("Each call is rounded by itself")
