"""The forms of the sender and of a test mail."""

from email_validator import EmailNotValidError, validate_email
from wtforms import Field, Form, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from portal.forms import MAX_EMAIL, one_line, stripped
from store.outbox import is_address


def address(_form: Form, field: Field) -> None:
    """A validator: an address that mail can be from or go to."""
    try:
        validate_email(field.data or "", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValidationError("Enter an e-mail address such as billing@company.co.uk.") from None
    if not is_address(field.data):
        raise ValidationError("Enter one plain e-mail address, such as billing@company.co.uk.")


_ADDRESS = {
    "autocomplete": "off",
    "spellcheck": "false",
    "inputmode": "email",
    "maxlength": str(MAX_EMAIL),
}


class SenderForm(Form):
    """Whom customers see as the sender, and where their answers go."""

    mail_from = StringField(
        "From address", [Optional(), one_line, address], filters=[stripped], render_kw=_ADDRESS
    )
    reply_to = StringField(
        "Reply-To address", [Optional(), one_line, address], filters=[stripped], render_kw=_ADDRESS
    )


class TestForm(Form):
    """Where a test mail goes."""

    address = StringField(
        "Send a test to",
        [InputRequired("Enter an e-mail address."), one_line, address],
        filters=[stripped],
        render_kw=_ADDRESS,
    )
