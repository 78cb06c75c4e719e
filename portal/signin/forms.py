"""The sign-in form."""

from wtforms import EmailField, Form, HiddenField, PasswordField
from wtforms.validators import DataRequired, InputRequired

from portal.forms import stripped
from portal.words import N_


class SignInForm(Form):
    """E-mail and password, and where to go then."""

    email = EmailField(
        N_("E-mail address"),
        [DataRequired(N_("Enter your e-mail address."))],
        filters=[stripped],
        render_kw={"autocomplete": "username", "required": False, "autocapitalize": "none"},
    )
    password = PasswordField(
        N_("Password"),
        [InputRequired(N_("Enter your password."))],
        render_kw={"autocomplete": "current-password", "required": False},
    )
    next = HiddenField()
