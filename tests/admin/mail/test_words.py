from itertools import product

from admin.mail.words import PURPOSES, STATES, sentence
from store.outbox import Purpose, State
from store.outbox_lists import Line
from tests.factories import NOW


def test_every_purpose_and_state_has_its_word() -> None:
    assert set(PURPOSES) == set(Purpose) and set(STATES) == set(State)


def test_every_state_is_a_sentence() -> None:
    for state, goes_out, suspended, attempts in product(State, (True, False), (True, False), (0, 3)):
        line = Line(
            1, 1, "", Purpose.TEST, "a@b.example", "s", state, attempts, None, "", NOW, None, None, False
        )
        said = sentence(line, goes_out=goes_out, suspended=suspended)
        assert said.endswith(".") and said[0].isupper()
