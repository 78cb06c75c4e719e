"""The forms of registering: what is on an invoice, and which address is meant."""

from wtforms import EmailField, Form, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.forms import email_address, one_line, stripped
from portal.mail import is_address


def _fact(label: str, missing: str) -> StringField:
    return StringField(
        label,
        [DataRequired(missing), Length(max=60, message=f"{label} has at most 60 characters."), one_line],
        filters=[stripped],
        render_kw={"autocomplete": "off", "required": False},
    )


def _mailable(_form: Form, field: EmailField) -> None:
    if not is_address(field.data or ""):
        raise ValidationError("Enter an e-mail address such as name@company.co.uk.")


def _email() -> EmailField:
    return EmailField(
        "E-mail address",
        [DataRequired("Enter your e-mail address."), email_address, _mailable],
        filters=[stripped],
        render_kw={"autocomplete": "email", "required": False, "autocapitalize": "none"},
    )


class AddressForm(Form):
    """Where the next mail goes."""

    email = _email()


class FactsForm(Form):
    """Three things that stand on one invoice, and where to write."""

    reference = _fact("Account number", "Enter the account number.")
    number = _fact("Invoice number", "Enter the invoice number.")
    total = _fact("Invoice total", "Enter the total of that invoice, with VAT.")
    email = _email()
