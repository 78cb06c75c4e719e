"""Forms of the second factor, of saying again who one is, and of a new password."""

from wtforms import Form, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from portal import new_password
from portal.forms import stripped
from portal.words import N_, _

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "required": False, "spellcheck": "false"}
_RECOVERY = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "required": False}
_LONG = Length(max=60, message=N_("That is too long to be a code."))


class CodeForm(Form):
    """A code of the app, or else a recovery code; and where to go then."""

    code = StringField(N_("Six-digit code"), [_LONG], filters=[stripped], render_kw=_CODE)
    recovery = StringField(N_("Recovery code"), [_LONG], filters=[stripped], render_kw=_RECOVERY)
    next = HiddenField()

    @property
    def given(self) -> str:
        """What was typed, of either kind."""
        return self.recovery.data or self.code.data or ""

    def refuse(self, reason: str) -> None:
        """Say at the field that was filled in why it is not taken."""
        field = self.recovery if self.recovery.data else self.code
        field.errors = [reason]

    def validate_code(self, field: StringField) -> None:
        """One of the two is asked for."""
        if not field.data and not self.recovery.data:
            raise ValidationError(_("Enter the code that your app shows now."))


class ConfirmForm(Form):
    """The first code of an app that is being set up."""

    code = StringField(
        N_("Six-digit code"),
        [InputRequired(N_("Enter the code that your app shows now.")), _LONG],
        filters=[stripped],
        render_kw=_CODE,
    )


class ProofForm(CodeForm):
    """The password again, or a code: either will do."""

    password = PasswordField(
        N_("Password"), render_kw={"autocomplete": "current-password", "required": False}
    )

    def validate_code(self, field: StringField) -> None:
        """The password will do as well."""

    def validate_password(self, field: PasswordField) -> None:
        """One of the three is asked for."""
        if not field.data and not self.given:
            raise ValidationError(_("Enter your password."))


class ChoiceForm(Form):
    """A new password."""

    password = new_password.field(N_("New password"))

    def check(self, *known: str) -> bool:
        """Whether it fits, also beside what is `known` of the person and the company."""
        if not self.validate():
            return False
        if reason := new_password.refusal(self.password.data or "", known):
            self.password.errors = [*self.password.errors, reason]
        return not self.password.errors
