"""The wizard's one question: which address."""

from wtforms import BooleanField, Form, StringField
from wtforms.validators import InputRequired, Length


class ChooseForm(Form):
    """The name, and whether a whole domain is meant."""

    hostname = StringField(
        "Address of your customer portal",
        [InputRequired("Enter the address."), Length(max=400, message="That is too long to be a name.")],
        render_kw={
            "placeholder": "billing.mycompany.com",
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
            "inputmode": "url",
        },
    )
    whole = BooleanField()
