"""The forms of Customer Access; a field has the name of its setting."""

from wtforms import BooleanField, Form, HiddenField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.theme import Colour, NotAColour, parse_colour
from store import reserved_labels
from store.reserved_labels import NotALabel
from store.setting_values import Value


class SeenForm(Form):
    """A form that says which change of the settings its page showed last."""

    seen = HiddenField()

    @property
    def shown_up_to(self) -> int:
        """The change; 0, that is none, for what is no number."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0

    @property
    def typed(self) -> dict[str, Value]:
        """What was typed, by setting."""
        return {name: given for name, given in self.data.items() if name != "seen"}


def colour_field() -> StringField:
    """A colour as hexadecimal digits."""
    return StringField(
        "Theme colour",
        [InputRequired("Enter a colour."), Length(max=20, message="That is too long to be a colour.")],
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": "20"},
    )


class ThemeForm(SeenForm):
    """The colour alone."""

    theme_colour = colour_field()

    def validate_theme_colour(self, field: StringField) -> None:
        """Say how a colour is written when this is none."""
        if isinstance(refused := parse_colour(field.data or ""), NotAColour):
            raise ValidationError(refused.reason[:1].upper() + refused.reason[1:] + ".")

    @property
    def chosen(self) -> Colour | None:
        """The colour that was typed, if it is one."""
        colour = parse_colour(self.theme_colour.data or "")
        return None if isinstance(colour, NotAColour) else colour

    @property
    def typed(self) -> dict[str, Value]:
        """The colour in its one spelling."""
        return {"theme_colour": self.chosen or ""}


class AccessForm(ThemeForm):
    """Customer Access without an address to choose: there is no domain of the provider's."""

    allow_registration = BooleanField("Allow customer registration")
    approve_registrations = BooleanField("An admin approves registrations")

    @property
    def typed(self) -> dict[str, Value]:
        """All fields, the colour in its one spelling."""
        return {name: given for name, given in self.data.items() if name != "seen"} | {
            "theme_colour": self.chosen or ""
        }


class AddressForm(AccessForm):
    """Customer Access with the name under the provider's domain; `own`: labels that are the provider's."""

    label = StringField(
        "Customer portal address",
        [InputRequired("Enter the first part of the address.")],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "maxlength": "63"},
    )
    use_external = BooleanField("Use external sub-domain")
    own: frozenset[str] = frozenset()
    present = ""

    def validate_label(self, field: StringField) -> None:
        """Say why a label cannot be; the present one stands, whatever became reserved since."""
        if (field.data or "").strip().lower() == self.present:
            return
        if isinstance(refused := reserved_labels.parse(field.data or "", self.own), NotALabel):
            raise ValidationError(f"{refused.reason[:1].upper()}{refused.reason[1:]}.")

    @property
    def typed(self) -> dict[str, Value]:
        """All fields, label and colour in their one spelling."""
        return super().typed | {"label": (self.label.data or "").strip().lower()}
