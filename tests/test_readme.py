"""README and the code say the same: settings and verbs."""

from pathlib import Path

from edge import settings
from edge.__main__ import VERBS

README = (Path(__file__).resolve().parent.parent / "README.md").read_text("utf-8")


def test_every_setting_is_in_the_readme() -> None:
    assert [key for key in settings.keys() if f"| `{key}` |" not in README] == []


def test_every_verb_is_in_the_readme() -> None:
    assert [verb for verb in VERBS if f"brassplate {verb}" not in README] == []
