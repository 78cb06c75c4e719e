"""The form of another address to sign in with."""

from wtforms import EmailField, Form, ValidationError
from wtforms.validators import DataRequired

from portal.forms import stripped
from portal.mail import is_address
from portal.words import N_, _


class AddressForm(Form):
    """The new address."""

    email = EmailField(
        N_("New e-mail address"),
        [DataRequired(N_("Enter an e-mail address."))],
        filters=[stripped],
        render_kw={"autocomplete": "email", "required": False},
    )

    def validate_email(self, field: EmailField) -> None:
        """One that mail can be sent to."""
        if not is_address(field.data or ""):
            raise ValidationError(_("Enter an e-mail address such as name@company.co.uk."))
