"""The form by which an invited person becomes a user."""

from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length

from portal import new_password
from portal.forms import one_line, stripped


class WelcomeForm(Form):
    """A name and a password."""

    name = StringField(
        "Your name",
        [
            DataRequired("Enter your name."),
            Length(max=100, message="A name has at most 100 characters."),
            one_line,
        ],
        filters=[stripped],
        render_kw={"autocomplete": "name", "required": False},
    )
    password = new_password.field()

    def check(self, *known: str) -> bool:
        """Whether all fits, the password also beside what is `known` of the person and the company."""
        valid = self.validate()
        reason = new_password.refusal(self.password.data or "", (self.name.data or "", *known))
        if self.password.data and reason:
            self.password.errors = [*self.password.errors, reason]
            return False
        return valid
