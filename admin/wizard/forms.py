"""The wizard's questions: which address; whom to mail the records to."""

from wtforms import EmailField, Form, StringField
from wtforms.validators import InputRequired, Length

from portal.forms import email_address, stripped

SUB, WHOLE, OURS = "sub", "whole", "ours"
"""A name inside a domain of the company's, a domain kept for the portal alone, a name under the provider's."""


class ChooseForm(Form):
    """The way, and the name where it is one of the company's own."""

    way = StringField(default=SUB)
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


class MailForm(Form):
    """The address of whoever runs the DNS."""

    email = EmailField(
        "E-mail address of whoever runs your DNS",
        [InputRequired("Enter an e-mail address."), email_address],
        filters=[stripped],
        render_kw={"autocomplete": "off", "placeholder": "it@mycompany.com"},
    )
