"""Progress: the set-up as a list of steps, from switching on to the customers' access; pure."""

from dataclasses import dataclass
from enum import Enum

from admin.wizard.steps import Phase, Position, Step


class Reached(Enum):
    """How far a step is."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the list; a link once it is one of the last two, which are pages of their own."""

    name: str
    reached: Reached
    url: str = ""


@dataclass(frozen=True, slots=True)
class Onward:
    """What follows once the portal is live, and what is done of it."""

    branding_url: str
    branded: bool
    access_url: str
    has_users: bool

    @property
    def is_done(self) -> bool:
        return self.branded and self.has_users


NAMES = (
    Step.ENABLE.value,
    Step.CHOOSE.value,
    Step.RECORD.value,
    Step.COMPLETE.value,
    "Branding",
    "User access",
)
_AT = {Step.ENABLE: 0, Step.CHOOSE: 1, Step.RECORD: 2, Step.COMPLETE: 3, Step.LIVE: 4}


def progress(position: Position, onward: Onward | None = None) -> tuple[Stage, ...]:
    """The steps; those after the certificate are done in any order."""
    current = _AT[position.step]
    if position.step is not Step.LIVE or onward is None:
        return tuple(Stage(name, _reached(number, current)) for number, name in enumerate(NAMES))
    done = (True,) * 4 + (onward.branded, onward.has_users)
    urls = ("",) * 4 + (onward.branding_url, onward.access_url)
    current = done.index(False) if False in done else len(done)
    return tuple(
        Stage(name, Reached.DONE if done[number] else _reached(number, current), urls[number])
        for number, name in enumerate(NAMES)
    )


def is_live(position: Position) -> bool:
    """Whether the last two steps are open."""
    return position.step is Step.LIVE and position.phase is Phase.DONE


def _reached(number: int, current: int) -> Reached:
    if number == current:
        return Reached.CURRENT
    return Reached.DONE if number < current else Reached.AHEAD
