"""The form of a new token: what it is for, what it may do, how long."""

from datetime import datetime, timedelta

from wtforms import Form, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import InputRequired, Length

from portal.forms import one_line, stripped
from store.api_tokens import MAX_NAME, SCOPES

LIFETIMES = (("90", "90 days"), ("365", "a year"), ("30", "30 days"), ("", "until it is revoked"))


class TokenForm(Form):
    """A name, scopes and an expiry."""

    name = StringField(
        "What is it for?",
        [
            InputRequired("Say which program will use it."),
            Length(max=MAX_NAME, message=f"Use at most {MAX_NAME} characters."),
            one_line,
        ],
        filters=[stripped],
        render_kw={"autocomplete": "off", "maxlength": str(MAX_NAME)},
    )
    scopes = SelectMultipleField(
        "What may it do?",
        [InputRequired("Choose at least one thing that it may do.")],
        choices=[SelectChoice(scope, words) for scope, words in SCOPES.items()],
    )
    days = SelectField("It works for", choices=[SelectChoice(days, words) for days, words in LIFETIMES])

    @property
    def chosen(self) -> frozenset[str]:
        """The scopes that were ticked."""
        return frozenset(self.scopes.data or ())

    def expires_at(self, now: datetime) -> datetime | None:
        """When it ends; None: never by itself."""
        return now + timedelta(days=int(self.days.data)) if self.days.data else None
