"""Words of the security pages: how long to wait; pure."""

import math
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait for people, and for programs."""

    sentence: str
    seconds: int


def waiting(until: datetime, now: datetime) -> Waiting:
    """Until when nothing is taken after too many attempts."""
    seconds = max(1, math.ceil((until - now).total_seconds()))
    if seconds < 90:
        span = f"{seconds} second{'' if seconds == 1 else 's'}"
    else:
        span = f"{-(-seconds // 60)} minutes"
    return Waiting(f"There were too many attempts. Please try again in {span}.", seconds)
