"""The form of the branding; a field has the name of its setting."""

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from admin.settings.forms import ThemeForm
from admin.settings.rules import lines, plain_lines
from admin.settings.section_forms import MAX_LABEL
from portal.forms import one_line, stripped
from store.brand_drafts import Seen
from store.setting_values import Value

MAX_HEADLINE = 80
MAX_TEXT = 400


def _line(label: str, limit: int, **keywords: str) -> StringField:
    too_long = Length(max=limit, message=f"{label} has at most {limit} characters.")
    return StringField(label, [too_long, one_line], filters=[stripped], render_kw=keywords)


class BrandForm(ThemeForm):
    """What is drafted, besides the pictures."""

    seen = HiddenField()
    sign_in_headline = _line("Headline", MAX_HEADLINE)
    sign_in_text = TextAreaField(
        "Text",
        [Length(max=MAX_TEXT, message=f"Text has at most {MAX_TEXT} characters."), plain_lines],
        filters=[lines],
        render_kw={"rows": "3"},
    )
    show_invoices = BooleanField("Invoices")
    label_invoices = _line("Menu label of invoices", MAX_LABEL, placeholder="Invoices")
    show_payments = BooleanField("Payments")
    label_payments = _line("Menu label of payments", MAX_LABEL, placeholder="Payments")
    show_calls = BooleanField("Calls")
    label_calls = _line("Menu label of calls", MAX_LABEL, placeholder="Calls")
    show_profile = BooleanField("Details")
    label_profile = _line("Menu label of details", MAX_LABEL, placeholder="Details")

    @property
    def shown(self) -> Seen:
        """Up to where its page showed settings and draft."""
        return parse_seen(self.seen.data or "")

    @property
    def typed(self) -> dict[str, Value]:
        """All fields, the colour in its one spelling."""
        own = {name: given for name, given in self.data.items() if name != "seen"}
        return own | {"theme_colour": self.chosen or ""}


def seen_text(seen: Seen) -> str:
    """As a form carries it."""
    return f"{seen.change}.{seen.edit}"


def parse_seen(text: str) -> Seen:
    """What a form carried; nothing for what is none of ours."""
    change, _, edit = text.partition(".")
    return Seen(_number(change), _number(edit))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
