"""The forms of registering: what is on an invoice, and which address is meant."""

from wtforms import EmailField, Form, StringField
from wtforms.validators import DataRequired, ValidationError

from portal.forms import AtMost, email_address, one_line, stripped
from portal.mail import is_address
from portal.words import N_, _


def _fact(label: str, missing: str) -> StringField:
    return StringField(
        label,
        [DataRequired(missing), AtMost(60, N_("%(label)s has at most %(max)d characters.")), one_line],
        filters=[stripped],
        render_kw={"autocomplete": "off", "required": False},
    )


def _mailable(_form: Form, field: EmailField) -> None:
    if not is_address(field.data or ""):
        raise ValidationError(_("Enter an e-mail address such as name@company.co.uk."))


def _email() -> EmailField:
    return EmailField(
        N_("E-mail address"),
        [DataRequired(N_("Enter your e-mail address.")), email_address, _mailable],
        filters=[stripped],
        render_kw={"autocomplete": "email", "required": False, "autocapitalize": "none"},
    )


class AddressForm(Form):
    """Where the next mail goes."""

    email = _email()


class FactsForm(Form):
    """Three things that stand on one invoice, and where to write."""

    reference = _fact(N_("Account number"), N_("Enter the account number."))
    number = _fact(N_("Invoice number"), N_("Enter the invoice number."))
    total = _fact(N_("Invoice total"), N_("Enter the total of that invoice, with VAT."))
    email = _email()
