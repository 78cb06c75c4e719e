"""The form by which an invited person becomes a user."""

from wtforms import Form, StringField
from wtforms.validators import DataRequired

from portal import new_password
from portal.forms import AtMost, one_line, stripped
from portal.words import N_


class WelcomeForm(Form):
    """A name and a password."""

    name = StringField(
        N_("Your name"),
        [
            DataRequired(N_("Enter your name.")),
            AtMost(100, N_("A name has at most %(max)d characters.")),
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
