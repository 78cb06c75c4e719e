"""The forms of a reset: whose password, and the new one."""

from wtforms import EmailField, Form
from wtforms.validators import DataRequired

from portal import new_password
from portal.forms import email_address, stripped


class AskForm(Form):
    """The address of a sign-in."""

    email = EmailField(
        "E-mail address",
        [DataRequired("Enter your e-mail address."), email_address],
        filters=[stripped],
        render_kw={"autocomplete": "username", "required": False, "autocapitalize": "none"},
    )


class ChoiceForm(Form):
    """A new password."""

    password = new_password.field("New password")

    def check(self, *known: str) -> bool:
        """Whether it fits, also beside what is `known` of the person and the company."""
        if not self.validate():
            return False
        if reason := new_password.refusal(self.password.data or "", known):
            self.password.errors = [*self.password.errors, reason]
        return not self.password.errors
