"""The form of the portal's colour."""

from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.theme import Colour, NotAColour, parse_colour


class ThemeForm(Form):
    """A colour as hexadecimal digits."""

    colour = StringField(
        "Hexadecimal colour",
        [InputRequired("Enter a colour."), Length(max=20, message="That is too long to be a colour.")],
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": "20"},
    )

    def validate_colour(self, field: StringField) -> None:
        """Say how a colour is written when this is none."""
        if isinstance(refused := parse_colour(field.data or ""), NotAColour):
            raise ValidationError(refused.reason[:1].upper() + refused.reason[1:] + ".")

    @property
    def chosen(self) -> Colour | None:
        """The colour that was typed, if it is one."""
        colour = parse_colour(self.colour.data or "")
        return None if isinstance(colour, NotAColour) else colour
