"""Words: nobody in the console is told to type an option of the command line."""

import re
from pathlib import Path

import pytest

import store.importing
from admin.imports import words
from store.importing.kinds import KINDS
from store.importing.template import columns

FOLDER = Path(store.importing.__file__).parent
OPTION = re.compile(r"say --[a-z]+ [\w/]+|leave --[a-z]+ \w+ out")


def told() -> set[str]:
    """Every option of the command line that a reason of ours speaks of."""
    return {found for path in FOLDER.glob("*.py") for found in OPTION.findall(path.read_text())}


@pytest.mark.parametrize("option", sorted(told()))
def test_reasons_speak_of_choices_not_of_options(option: str) -> None:
    assert "--" not in words.in_the_console(f"this is wrong; {option} and more")


def test_every_kind_and_column_has_its_words() -> None:
    assert set(words.KINDS) == set(words.HINTS) == {*KINDS, "documents"}
    assert words.column("po_number") == "PO number"
    assert all(words.column(each.name)[0].isupper() for kind in KINDS for each in columns(kind))


@pytest.mark.parametrize(
    ("count", "shown"), [(1, "1 byte"), (83, "83 bytes"), (2048, "2.0 KiB"), (5 * 2**30, "5.0 GiB")]
)
def test_sizes_are_read_by_people(count: int, shown: str) -> None:
    assert words.size(count) == shown


def test_reason_stands_alone_as_a_sentence() -> None:
    assert words.sentence("row 2: is empty") == "Row 2: is empty."
    assert words.sentence("") == ""
    assert words.month("2026-11").startswith("November")
