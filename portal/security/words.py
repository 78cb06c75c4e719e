"""Words of the security pages: how long to wait; pure."""

import math
from dataclasses import dataclass
from datetime import datetime

from portal.words import ngettext


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait for people, and for programs."""

    sentence: str
    seconds: int


def waiting(until: datetime, now: datetime) -> Waiting:
    """Until when nothing is taken after too many attempts."""
    seconds = max(1, math.ceil((until - now).total_seconds()))
    if seconds < 90:
        sentence = ngettext(
            "There were too many attempts. Please try again in %(num)d second.",
            "There were too many attempts. Please try again in %(num)d seconds.",
            seconds,
        )
    else:
        sentence = ngettext(
            "There were too many attempts. Please try again in %(num)d minute.",
            "There were too many attempts. Please try again in %(num)d minutes.",
            -(-seconds // 60),
        )
    return Waiting(sentence, seconds)
