"""The forms of a customer's details, one a section; each has the fields that may be changed, and no others."""

from collections.abc import Collection

from wtforms import EmailField, Form, StringField, TelField
from wtforms.validators import DataRequired

from portal.forms import AtMost, Posted, email_address, one_line, phone_number, stripped
from portal.profile.words import LABELS
from portal.words import N_

_FILTERS = [stripped]


class ContactForm(Form):
    """How the organisation reaches the customer."""

    email = EmailField(
        LABELS["email"],
        [DataRequired(N_("Enter an e-mail address.")), email_address],
        filters=_FILTERS,
        render_kw={"autocomplete": "email", "required": False},
    )
    phone = TelField(
        LABELS["phone"],
        [AtMost(40, N_("A telephone number has at most %(max)d characters.")), phone_number],
        filters=_FILTERS,
        render_kw={"autocomplete": "tel"},
    )


def _line(name: str, autocomplete: str, limit: int = 100, required: str = "") -> StringField:
    return StringField(
        LABELS[name],
        [
            *([DataRequired(required)] if required else []),
            AtMost(limit, N_("%(label)s has at most %(max)d characters.")),
            one_line,
        ],
        filters=_FILTERS,
        render_kw={"autocomplete": autocomplete, "required": False},
    )


class AddressForm(Form):
    """Where the customer is."""

    address1 = _line("address1", "address-line1", required=N_("Enter the first line of the address."))
    address2 = _line("address2", "address-line2")
    town = _line("town", "address-level2")
    county = _line("county", "address-level1")
    postcode = _line("postcode", "postal-code", 12)
    country = _line("country", "country-name", 60)


SECTIONS: dict[str, tuple[str, ...]] = {
    "contact": ("email", "phone"),
    "address": ("address1", "address2", "town", "county", "postcode", "country"),
}
"""The fields of each section."""
_FORMS: dict[str, type[Form]] = {"contact": ContactForm, "address": AddressForm}


def form_of(
    section: str, fields: Collection[str], posted: Posted | None = None, data: dict[str, str] | None = None
) -> Form:
    """The form of a section with these of its fields, as posted or with values of ours."""
    form = _FORMS[section](posted, data=data)
    for name in SECTIONS[section]:
        if name not in fields:
            del form[name]
    return form
