"""The form by which one person is invited to a customer."""

from wtforms import EmailField, Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import DataRequired, Length, ValidationError

from admin.customers.words import ROLES
from portal.forms import one_line, stripped
from portal.mail import is_address
from store.users import Role


def _address(_form: Form, field: EmailField) -> None:
    if not is_address(field.data or ""):
        raise ValidationError("Enter an e-mail address such as name@company.co.uk.")


class InviteForm(Form):
    """Whom, and what they may do."""

    email = EmailField(
        "E-mail address",
        [DataRequired("Enter an e-mail address."), _address],
        filters=[stripped],
        render_kw={"autocomplete": "off", "required": False},
    )
    name = StringField(
        "Name",
        [Length(max=100, message="A name has at most 100 characters."), one_line],
        filters=[stripped],
        render_kw={"autocomplete": "off"},
    )
    role = SelectField(
        "What they may do", choices=[SelectChoice(role.value, word) for role, word in ROLES.items()]
    )

    @property
    def chosen_role(self) -> Role:
        return Role(self.role.data)
