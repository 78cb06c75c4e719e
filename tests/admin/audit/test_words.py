import pytest

from admin.audit import words

NAMES = {"user:7": "ada@harbour.example", "token:5": "Nightly"}


@pytest.mark.parametrize(
    ("action", "subject", "text"),
    [
        ("user.invited", "user:7", "invited ada@harbour.example"),
        ("user.invited", "user:8", "invited a user who was removed (8)"),
        ("viewing.begun", "account:A100", "began to view the portal as customer A100"),
        ("batch.published", "batch:12", "brought in batch 12 and published it"),
        ("domain.added", "billing.acme.example", "registered the address billing.acme.example"),
        ("staff.signed_in", "staff:3", "signed in to the console"),
        ("odd.new_thing", "what:ever", "odd.new_thing what:ever"),
        ("odd.new_thing", "", "odd.new_thing"),
    ],
)
def test_deed_reads_as_a_sentence(action: str, subject: str, text: str) -> None:
    assert words.said(action, subject, NAMES).text == text


def test_unknown_code_is_shown_plainly() -> None:
    assert words.said("odd.new_thing", "x", NAMES).code == "odd.new_thing"
    assert words.label("odd.new_thing") == "odd.new_thing"


@pytest.mark.parametrize(
    ("actor", "name", "said"),
    [
        ("cli", "", "The command line"),
        ("system", "", "Brassplate"),
        ("staff:3", "kim@acme.example", "kim@acme.example"),
        ("staff:3", "", "Somebody who was removed (3)"),
        ("user:7", "", "ada@harbour.example"),
        ("user:9", "", "A user who was removed (9)"),
        ("token:5", "", "The API token Nightly"),
        ("token:6", "", "An API token that is gone (6)"),
        ("odd", "", "odd"),
    ],
)
def test_who_is_named(actor: str, name: str, said: str) -> None:
    assert words.who(actor, name, NAMES) == said


def test_every_phrase_reads_on_from_a_name() -> None:
    for action, phrase in words.PHRASES.items():
        assert phrase[0].islower() and phrase.count("{}") <= 1, action
        assert not phrase.endswith("."), action
        assert words.label(action)[0].isupper()
