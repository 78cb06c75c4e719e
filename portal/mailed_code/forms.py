"""The form of a mailed code."""

import re

from wtforms import Form, HiddenField, StringField
from wtforms.validators import ValidationError

from portal.forms import stripped
from portal.mailed_code.mailing import DIGITS
from portal.words import N_, _

_BETWEEN = re.compile(r"[\s-]")


def _without_gaps(text: str | None) -> str:
    return _BETWEEN.sub("", stripped(text))


class CodeForm(Form):
    """Six digits, however they are grouped."""

    code = StringField(
        N_("Code"),
        filters=[_without_gaps],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "12"},
    )
    next = HiddenField()

    def validate_code(self, field: StringField) -> None:
        """Say what a code looks like when this is none."""
        text = field.data or ""
        if len(text) != DIGITS or not (text.isascii() and text.isdigit()):
            raise ValidationError(_("Enter the %(num)d digits from the mail.", num=DIGITS))
