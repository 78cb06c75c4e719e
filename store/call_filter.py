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
    """Calls that started in [first, last) and share what is named; None and "" name nothing.

    `lists_free`: those without charge to freephone numbers and helplines are among them. Ofcom's General Condition C3
    and the ICO ask to leave them out of itemised bills, so that nobody reads there who called a helpline.
    """

    first_at: datetime
    last_at: datetime
    cli: str = ""
    type: Type | None = None
    group: str | None = None
    destination: str | None = None
    cost_centre: str | None = None
    direction: str = ""
    in_bundle: bool | None = None
    invoiced: bool | None = None
    number: str = ""
    """The other end, exactly; no sums are kept of it."""
    words: str = ""
    """In the number, or the destination."""
    lists_free: bool = True

    def named(self) -> dict[str, str]:
        """What is named, as the dimensions and values of `store.rollups`; words are none."""
        values = {
            "cli": self.cli,
            "type": self.type.value if self.type else "",
            "direction": self.direction,
            "bundle": "" if self.in_bundle is None else str(int(self.in_bundle)),
            "invoiced": "" if self.invoiced is None else str(int(self.invoiced)),
        }
        given = {"group": self.group, "destination": self.destination, "cost_centre": self.cost_centre}
        return {name: value for name, value in values.items() if value} | {
            name: value for name, value in given.items() if value is not None
        }


OF_LINE = (
    "c.organisation_id = :organisation_id AND c.account_id = :account_id"
    " AND c.invoice_id = :invoice_id AND c.line_position = :position"
)
"""The SQL of a line's calls over `visible_calls c`, for `line_values`."""


def _free_number(number: str) -> str:
    patterns = (
        *(f"{country}80[08]*" for country in ("0", "44", "+44", "+440", "0044")),
        *(f"{country}116[0-9][0-9][0-9]" for country in ("", "44", "+44", "0044")),
        "0500[0-9]*",
    )
    return " OR ".join(f"{number} GLOB '{pattern}'" for pattern in patterns)


_BARE = "c.number"
for _between in " -().":
    _BARE = f"replace({_BARE}, '{_between}', '')"
FREE = (
    "(c.net_price = 0 AND c.access_charge = 0 AND c.service_charge = 0 AND c.direction = 'outbound' AND"
    f" CASE WHEN c.number GLOB '*[^0-9+]*' THEN {_free_number(_BARE)} ELSE {_free_number('c.number')} END)"
)
"""Without charge to a freephone number (080x, 0500) or a helpline of social value (116xxx), however it is written."""
INVOICED = (
    "c.invoice_id IS NOT NULL AND c.invoice_id IN (SELECT i.invoice_id FROM visible_invoices i"
    " WHERE i.organisation_id = :organisation_id AND i.account_id = :account_id)"
)
"""On an invoice that its customer can see."""
_NAMED = {
    "cli": "c.cli = :cli",
    "type": "c.type = :type",
    "group": "c.destination_group = :group",
    "destination": "c.destination = :destination",
    "cost_centre": "c.cost_centre = :cost_centre",
    "direction": "c.direction = :direction",
    "bundle": "c.in_bundle = CAST(:bundle AS INTEGER)",
    "invoiced": f"({INVOICED}) = CAST(:invoiced AS INTEGER)",
}


def condition(chosen: Filter, *, span: bool = True) -> str:
    """The SQL of a filter over `visible_calls c`, for `values`; without its span where others stand in its place."""
    conditions = [
        "c.organisation_id = :organisation_id AND c.account_id = :account_id",
        *(["c.started >= :first AND c.started < :last"] if span else []),
        *(_NAMED[name] for name in chosen.named()),
    ]
    if chosen.number:
        conditions.append("c.number = :number")
    if chosen.words:
        conditions.append("(c.number LIKE :words ESCAPE '\\' OR c.destination LIKE :words ESCAPE '\\')")
    if not chosen.lists_free:
        conditions.append(f"NOT {FREE}")
    return " AND ".join(conditions)


def values(organisation_id: int, account_id: int, chosen: Filter) -> dict[str, object]:
    """What `condition` names."""
    return {
        "organisation_id": organisation_id,
        "account_id": account_id,
        "first": to_ms(chosen.first_at) // 1000,
        "last": to_ms(chosen.last_at) // 1000,
        "number": chosen.number,
        "words": _like(chosen.words),
    } | chosen.named()


def line_values(organisation_id: int, account_id: int, line: tuple[int, int]) -> dict[str, object]:
    """What `OF_LINE` names."""
    invoice_id, position = line
    return {
        "organisation_id": organisation_id,
        "account_id": account_id,
        "invoice_id": invoice_id,
        "position": position,
    }


def _like(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return f"%{text}%"
