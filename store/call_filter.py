"""Which calls are meant: those of an account in a span of time, or those behind a line of an invoice."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from store.instants import to_ms


class Type(Enum):
    """What kind of event was charged."""

    VOICE = "voice"
    SMS = "sms"
    MMS = "mms"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Filter:
    """Calls that started in [first, last), of one line or type where named."""

    first_at: datetime
    last_at: datetime
    cli: str = ""
    type: Type | None = None


OF_LINE = (
    "c.organisation_id = :organisation_id AND c.account_id = :account_id"
    " AND c.invoice_id = :invoice_id AND c.line_position = :position"
)
"""The SQL of a line's calls over `visible_calls c`, for `line_values`."""


def condition(chosen: Filter) -> str:
    """The SQL of a filter over `visible_calls c`, for `values`."""
    conditions = [
        "c.organisation_id = :organisation_id AND c.account_id = :account_id",
        "c.started >= :first AND c.started < :last",
    ]
    if chosen.cli:
        conditions.append("c.cli = :cli")
    if chosen.type:
        conditions.append("c.type = :type")
    return " AND ".join(conditions)


def values(organisation_id: int, account_id: int, chosen: Filter) -> dict[str, object]:
    """What `condition` names."""
    return {
        "organisation_id": organisation_id,
        "account_id": account_id,
        "first": to_ms(chosen.first_at) // 1000,
        "last": to_ms(chosen.last_at) // 1000,
        "cli": chosen.cli,
        "type": chosen.type.value if chosen.type else None,
    }


def line_values(organisation_id: int, account_id: int, line: tuple[int, int]) -> dict[str, object]:
    """What `OF_LINE` names."""
    invoice_id, position = line
    return {
        "organisation_id": organisation_id,
        "account_id": account_id,
        "invoice_id": invoice_id,
        "position": position,
    }
