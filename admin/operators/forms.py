"""Forms: a new organisation, and why one is suspended."""

from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length

from portal.forms import one_line, stripped
from store.organisations import MAX_NAME
from store.suspensions import MAX_REASON


class OrganisationForm(Form):
    """Its name, and the short name that stands in addresses."""

    name = StringField(
        "Name",
        [
            InputRequired("Enter the organisation's name."),
            Length(max=MAX_NAME, message=f"Use at most {MAX_NAME} characters."),
            one_line,
        ],
        filters=[stripped],
        render_kw={"autocomplete": "off", "maxlength": str(MAX_NAME)},
    )
    slug = StringField(
        "Short name",
        [InputRequired("Enter a short name."), Length(max=63, message="Use at most 40 characters.")],
        filters=[stripped],
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": "40"},
    )


class SuspensionForm(Form):
    """For staff to see; customers are told nothing."""

    reason = StringField(
        "Reason",
        [
            InputRequired("Say why, for whoever looks at this later."),
            Length(max=MAX_REASON, message=f"Use at most {MAX_REASON} characters."),
            one_line,
        ],
        filters=[stripped],
        render_kw={"autocomplete": "off", "maxlength": str(MAX_REASON)},
    )
