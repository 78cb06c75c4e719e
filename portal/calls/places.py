"""Places: where a list of calls goes on, as it stands in an address."""

import re

from portal.links import with_query
from store.calls import Call, Cursor
from store.instants import to_ms

_PLACE = re.compile(r"(-?[0-9]{1,12})~(-?[0-9]{1,19})\Z", re.ASCII)
_LARGEST = 2**63 - 1


def parse(text: str) -> Cursor | None:
    """The place of an address; None for the beginning, and for what is no place."""
    match = _PLACE.match(text)
    if match is None or abs(int(match[2])) > _LARGEST:
        return None
    return Cursor(int(match[1]), int(match[2]))


def older_url(path: str, calls: list[Call], **values: object) -> str:
    """The address of the calls that follow these."""
    last = calls[-1]
    return with_query(path, {**values, "after": f"{to_ms(last.started_at) // 1000}~{last.external_hash}"})
