"""Words are said in the language spoken, with their values filled in."""

from gettext import NullTranslations
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.extract import extract_from_dir

from portal.rendering import Renderer
from portal.words import BRITISH, N_, Language, _, language, ngettext, speaking


class Shouting(NullTranslations):
    """A language that says everything loudly."""

    def gettext(self, message: str) -> str:
        return message.upper().replace("%(DAY)S", "%(day)s")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return (msgid1 if n == 1 else msgid2).upper().replace("%(NUM)D", "%(num)d")


ROOT = Path(__file__).parents[2]
LOUD = Language("en-XA", Locale("en", "GB"), Shouting())


def test_texts_stand_as_they_are_written_in_british_english() -> None:
    assert language() is BRITISH
    assert _("Due by %(day)s", day="Monday") == "Due by Monday"
    assert _("20%% off") == "20% off"
    assert [ngettext("%(num)d call", "%(num)d calls", number) for number in (1, 2)] == ["1 call", "2 calls"]


def test_another_language_is_spoken_within_the_block_only() -> None:
    word = N_("Overdue")
    with speaking(LOUD):
        assert _(word) == "OVERDUE"
        assert _("Due by %(day)s", day="Monday") == "DUE BY Monday"
        assert ngettext("%(num)d call", "%(num)d calls", 2) == "2 CALLS"
    assert _(word) == "Overdue"


def test_nothing_said_is_nothing_in_every_language() -> None:
    with speaking(LOUD):
        assert _("") == ""


@pytest.mark.parametrize(
    ("spoken", "said"), [(BRITISH, "Hello &lt;b&gt; 2 calls"), (LOUD, "HELLO &lt;b&gt; 2 CALLS")]
)
def test_templates_say_words_and_escape_what_is_filled_in(spoken: Language, said: str) -> None:
    text = '{{ _("Hello %(day)s", day="<b>") }} {{ ngettext("%(num)d call", "%(num)d calls", 2) }}'
    with speaking(spoken):
        assert Renderer("portal").environment.from_string(text).render() == said


def test_texts_of_python_and_of_templates_are_taken_out_for_translators() -> None:
    methods = [("**.py", "python"), ("**/templates/**", "jinja2")]
    assert [f"[{method}: {pattern}]" for pattern, method in methods] == [
        line for line in (ROOT / "babel.cfg").read_text().splitlines() if line.startswith("[")
    ]
    options = {"**/templates/**": {"trimmed": "true"}}
    found = {text for _file, _line, text, *_rest in extract_from_dir(ROOT / "portal", methods, options)}
    assert {
        "Overdue",  # marked by N_
        "Total before VAT",  # said in a template
        ("%(num)d invoice", "%(num)d invoices"),
        "Your customer portal",  # said in a made PDF
    } <= found
    assert len(found) > 700
