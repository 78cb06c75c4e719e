"""Forms: how many days calls are kept, and the word that confirms an erasure."""

from wtforms import Form, StringField
from wtforms.validators import Length, ValidationError

from portal.forms import stripped

MAX_DAYS = 3650


class RetentionForm(Form):
    """Days, or nothing for ever."""

    days = StringField(
        "Days to keep calls",
        [Length(max=10, message="That is too long to be a number of days.")],
        filters=[stripped],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": "10"},
    )

    def validate_days(self, field: StringField) -> None:
        """A whole number within the limits, or nothing."""
        text = field.data or ""
        if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_DAYS):
            raise ValidationError(f"Enter a whole number from 1 to {MAX_DAYS:,}, or leave it empty.")

    @property
    def chosen(self) -> int | None:
        """The days that were typed; None: for ever."""
        return int(self.days.data) if self.days.data else None


class EraseForm(Form):
    """The customer's reference, typed again: what goes cannot be brought back."""

    reference = StringField(
        "Account reference",
        [Length(max=200, message="That is too long to be the reference.")],
        filters=[stripped],
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": "200"},
    )
