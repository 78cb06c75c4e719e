"""The forms of a reset: whose password, and the new one, which is everybody's."""

from wtforms import EmailField, Form
from wtforms.validators import DataRequired

from portal.forms import email_address, stripped
from portal.security.forms import ChoiceForm
from portal.words import N_

__all__ = ["AskForm", "ChoiceForm"]


class AskForm(Form):
    """The address of a sign-in."""

    email = EmailField(
        N_("E-mail address"),
        [DataRequired(N_("Enter your e-mail address.")), email_address],
        filters=[stripped],
        render_kw={"autocomplete": "username", "required": False, "autocapitalize": "none"},
    )
