"""The forms of a customer's details, one a section."""

from wtforms import EmailField, Form, StringField, TelField
from wtforms.validators import DataRequired, Length

from portal.forms import email_address, one_line, phone_number, stripped

_FILTERS = [stripped]


class ContactForm(Form):
    """How the organisation reaches the customer."""

    email = EmailField(
        "E-mail address",
        [DataRequired("Enter an e-mail address."), email_address],
        filters=_FILTERS,
        render_kw={"autocomplete": "email", "required": False},
    )
    phone = TelField(
        "Telephone",
        [Length(max=40, message="A telephone number has at most 40 characters."), phone_number],
        filters=_FILTERS,
        render_kw={"autocomplete": "tel"},
    )


def _line(label: str, autocomplete: str, limit: int = 100, required: str = "") -> StringField:
    return StringField(
        label,
        [
            *([DataRequired(required)] if required else []),
            Length(max=limit, message=f"{label} has at most {limit} characters."),
            one_line,
        ],
        filters=_FILTERS,
        render_kw={"autocomplete": autocomplete, "required": False},
    )


class AddressForm(Form):
    """Where the customer is."""

    address1 = _line("Address line 1", "address-line1", required="Enter the first line of the address.")
    address2 = _line("Address line 2", "address-line2")
    town = _line("Town or city", "address-level2")
    county = _line("County", "address-level1")
    postcode = _line("Postcode", "postal-code", 12)
    country = _line("Country", "country-name", 60)


FORMS: dict[str, type[Form]] = {"contact": ContactForm, "address": AddressForm}
