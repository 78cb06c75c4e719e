"""The sign-in form."""

from wtforms import EmailField, Form, HiddenField, PasswordField
from wtforms.validators import DataRequired, InputRequired

from portal.forms import stripped


class SignInForm(Form):
    """E-mail and password, and where to go then."""

    email = EmailField(
        "E-mail address",
        [DataRequired("Enter your e-mail address.")],
        filters=[stripped],
        render_kw={"autocomplete": "username", "required": False, "autocapitalize": "none"},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Enter your password.")],
        render_kw={"autocomplete": "current-password", "required": False},
    )
    next = HiddenField()
