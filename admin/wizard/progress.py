"""Progress: the set-up as a list of steps, from switching on to the customers' access; pure."""

from dataclasses import dataclass
from enum import Enum

from admin.wizard.steps import Position, Step


class Reached(Enum):
    """How far a step is."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the list; a link where it is a page of its own that is not open."""

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


BRANDING, ACCESS = "Branding", "User access"
"""The last two steps, which are pages of their own."""
NAMES = (Step.ENABLE.value, Step.CHOOSE.value, Step.RECORD.value, Step.COMPLETE.value, BRANDING, ACCESS)
_AT = {Step.ENABLE: 0, Step.CHOOSE: 1, Step.RECORD: 2, Step.COMPLETE: 3, Step.LIVE: 4}


def progress(position: Position, onward: Onward | None = None, *, here: str = "") -> tuple[Stage, ...]:
    """The steps; those after the certificate are done in any order, and `here` is the one whose page is open."""
    reached = _AT[position.step]
    if position.step is not Step.LIVE or onward is None:
        return tuple(Stage(name, _before(number, reached)) for number, name in enumerate(NAMES))
    done = {BRANDING: onward.branded, ACCESS: onward.has_users}
    urls = {BRANDING: onward.branding_url, ACCESS: onward.access_url}
    current = here or next((name for name, is_done in done.items() if not is_done), "")
    return tuple(
        Stage(name, _among(name == current, done.get(name, True)), urls.get(name, "") if name != here else "")
        for name in NAMES
    )


def _before(number: int, reached: int) -> Reached:
    if number == reached:
        return Reached.CURRENT
    return Reached.DONE if number < reached else Reached.AHEAD


def _among(is_current: bool, is_done: bool) -> Reached:
    if is_done:
        return Reached.DONE
    return Reached.CURRENT if is_current else Reached.AHEAD
