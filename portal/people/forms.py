"""Forms: whom to invite, and what somebody may do."""

from typing import Any

from wtforms import EmailField, Form, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are older
from wtforms.validators import DataRequired, ValidationError

from portal.forms import Posted, stripped
from portal.mail import is_address
from portal.people.listing import MAY
from portal.words import N_, _
from store.users import Role


def _address(_form: Form, field: EmailField) -> None:
    if not is_address(field.data or ""):
        raise ValidationError(_("Enter an e-mail address such as name@company.co.uk."))


class RoleForm(Form):
    """What somebody may do."""

    role = SelectField(N_("Access"))

    def __init__(self, posted: Posted | None = None, **given: Any):
        super().__init__(posted, **given)
        self.role.choices = [SelectChoice(role.value, _(words)) for role, words in MAY.items()]

    @property
    def chosen(self) -> Role:
        return Role(self.role.data)


class InviteForm(RoleForm):
    """Whom to invite, and what they may do."""

    email = EmailField(
        N_("Their e-mail address"),
        [DataRequired(N_("Enter an e-mail address.")), _address],
        filters=[stripped],
        render_kw={"autocomplete": "off", "required": False},
    )
