"""Durations in a sentence."""


def in_words(*, days: int = 0, hours: int = 0, minutes: int = 0) -> str:
    """7 days, 1 hour, 30 minutes."""
    for number, unit in ((days, "day"), (hours, "hour"), (minutes, "minute")):
        if number:
            return f"{number} {unit}" + ("" if number == 1 else "s")
    raise ValueError("a duration of nothing")
