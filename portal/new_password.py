"""New passwords: long, not common, and not made of what anybody knows about whose they are; pure.

No rule about kinds of characters (NIST SP 800-63B): a few words together are a good password.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from wtforms import PasswordField
from wtforms.validators import InputRequired

from portal import passwords
from portal.common_passwords import COMMON, WORDS
from portal.words import N_, _

ENOUGH = 7
"""So many characters must be left once the words that others know are taken out."""
_DISTINCT = 4
_TRIED_FIRST = N_(
    "That password is among the first that anybody would try. Use a few words that do not belong together."
)
_KNOWN = N_(
    "That password is made of names that others know, such as yours or the company's."
    " Use a few words that do not belong together."
)
_MARKS = "@$!|"
_SHORTEST = 4
_WORD = re.compile(r"[^\W_]{2,}")
_LOOKS = str.maketrans("013457@$!|", "oieastasii")
"""What is typed in a letter's place."""


def refusal(password: str, known: Iterable[str]) -> str | None:
    """Why a password cannot be used, in words; `known`: names and addresses around it. None: it can."""
    if reason := passwords.refusal(password):
        return reason
    plain = _plain(password)
    if plain.strip(_MARKS) in COMMON or len(set(plain)) <= _DISTINCT or _is_row(plain):
        return _(_TRIED_FIRST)
    if len(_without(plain, WORDS)) < ENOUGH:
        return _(_TRIED_FIRST)
    if len(_without(plain, known)) < ENOUGH:
        return _(_KNOWN)
    return None


def field(label: str = N_("Choose a password")) -> PasswordField:
    """The field in which a new password is typed."""
    return PasswordField(
        label,
        [InputRequired(N_("Choose a password."))],
        render_kw={"autocomplete": "new-password", "required": False},
    )


HINT = N_("At least 12 characters. A few words that do not belong together are good and easy to keep.")


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(character for character in folded if character.isalnum() or character in _MARKS)
    return plain or folded


def _without(plain: str, known: Iterable[str]) -> str:
    """What is left without the words of `known`, also where digits stand in their letters' places."""
    left = plain.translate(_LOOKS)
    words = {
        _plain(word).translate(_LOOKS) for text in known for word in (_joined(text), *_WORD.findall(text))
    }
    for word in sorted((word for word in words if len(word) >= _SHORTEST), key=len, reverse=True):
        left = left.replace(word, "")
    return left


def _joined(text: str) -> str:
    return "".join(_WORD.findall(text))


def _is_row(plain: str) -> bool:
    """Whether it goes up or down by one nearly everywhere, as 123456 and abcdef do."""
    steps = [ord(second) - ord(first) for first, second in pairwise(plain)]
    return sum(step in (-1, 0, 1) for step in steps) >= len(steps) - 2
