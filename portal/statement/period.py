"""Period: which days a statement is of, as they stand in its address; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal import months
from portal.links import link

MONTHS = 12
"""What is shown where no days are asked for: this month and those before it."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both within it; `chosen`: the address names one."""

    first: date
    last: date
    chosen: bool

    def url(self, path: str, part: int | None = None) -> str:
        """Another form, or another part, of the same statement."""
        return (
            link(path, first=self.first, last=self.last, part=part) if self.chosen else link(path, part=part)
        )


def parse(query: Mapping[str, str], today: date) -> Period:
    """The period of an address; days that are none are left out, and turned round where the last comes first."""
    asked_first, asked_last = (
        months.parse_day(query.get("first", "")),
        months.parse_day(query.get("last", "")),
    )
    last = asked_last or max(today, asked_first or today)
    first = asked_first or months.earlier(last.replace(day=1), MONTHS - 1)
    first, last = min(first, last), max(first, last)
    return Period(first, last, bool(asked_first or asked_last))
