"""Domain lists: every organisation's names for the operator: by state, by who must act, found by a part of a name."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from store import diagnosis as diagnoses
from store.destination import Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from store.instants import maybe_instant, to_ms
from store.issuance import CertificateState


class View(Enum):
    """Which names are listed."""

    ALL = "all"
    WAITING_FOR_US = "us"
    """The DNS or the CA says that the operator must act, or a certificate fails for a cause of ours."""
    SETTING_UP = "setting-up"
    LIVE = "live"
    LOST = "lost"
    """Live once, and the record is gone, moved or behind a proxy."""
    FAILED = "failed"
    """The last issuance failed."""


OURS = (
    "key_sealed",
    "certificate_unusable",
    "ca:accountDoesNotExist",
    "ca:userActionRequired",
    "ca:externalAccountRequired",
)
"""Causes of a failed issuance that only the operator can mend."""


@dataclass(frozen=True, slots=True)
class Row:
    """A name, whose it is, and where it stands."""

    hostname: Hostname
    room: Room
    slug: str
    organisation: str
    suspended: bool
    routing: Routing
    diagnosis: Diagnosis | None
    certificate: CertificateState
    cause: str
    detail: str
    retry_at: datetime | None
    valid_until: datetime | None
    live_at: datetime | None

    @property
    def waits_for_us(self) -> bool:
        """Whether it is the operator's turn."""
        ours = self.diagnosis is not None and self.diagnosis.actor is Actor.US
        return ours or (self.certificate is CertificateState.FAILED and self.cause in OURS)


def page(
    db: sqlite3.Connection, view: View, search: str, after: str, now: datetime, limit: int = 100
) -> list[Row]:
    """Names in order, beyond `after`; `search` is a part of the name or of its organisation's."""
    rows = db.execute(
        f"{_SELECT} WHERE d.hostname > :after AND {_CONDITIONS[view]}"
        " AND (:search = '' OR instr(d.hostname, :search) OR instr(lower(coalesce(o.name, '')), :search)"
        " OR instr(coalesce(o.slug, ''), :search)) ORDER BY d.hostname LIMIT :limit",
        {"after": after, "search": search.strip().lower(), "now": to_ms(now), "limit": limit},
    )
    return [_row(row) for row in rows]


def counts(db: sqlite3.Connection) -> dict[View, int]:
    """How many names each view has."""
    sums = ", ".join(
        f"coalesce(sum({_CONDITIONS[view]}), 0) AS v{number}" for number, view in enumerate(View)
    )
    row = db.execute(f"SELECT {sums} FROM {_TABLES}").fetchone()
    return {view: row[f"v{number}"] for number, view in enumerate(View)}


_CONDITIONS = {
    View.ALL: "1",
    View.WAITING_FOR_US: (
        f"(coalesce(json_extract(d.diagnosis, '$.actor'), '') = '{Actor.US.value}'"
        f" OR (i.state = 'failed' AND i.cause IN ({', '.join(repr(cause) for cause in OURS)})))"
    ),
    View.SETTING_UP: "(d.live_at IS NULL AND d.confirmation = 'cname')",
    View.LIVE: "(d.live_at IS NOT NULL AND d.routing_state IN ('ok', 'pending'))",
    View.LOST: "(d.live_at IS NOT NULL AND d.routing_state NOT IN ('ok', 'pending'))",
    View.FAILED: "coalesce(i.state = 'failed', 0)",
}
_TABLES = (
    "domains d LEFT JOIN organisations o ON o.id = d.organisation_id"
    " LEFT JOIN issuance i ON i.hostname = d.hostname"
)
_SELECT = (
    "SELECT d.hostname, d.room, d.routing_state, d.diagnosis, d.live_at, o.slug, o.name, o.status,"
    " i.state, i.cause, i.detail, i.retry_at,"
    " (SELECT max(c.not_after_at) FROM certificates c WHERE c.hostname = d.hostname AND c.not_after_at > :now)"
    f" AS valid_until FROM {_TABLES}"
)


def _row(row: sqlite3.Row) -> Row:
    return Row(
        hostname=Hostname(row["hostname"]),
        room=Room(row["room"]),
        slug=row["slug"] or "",
        organisation=row["name"] or "",
        suspended=row["status"] == "suspended",
        routing=Routing(row["routing_state"]),
        diagnosis=diagnoses.from_json(row["diagnosis"]) if row["diagnosis"] else None,
        certificate=CertificateState(row["state"] or "none"),
        cause=row["cause"] or "",
        detail=row["detail"] or "",
        retry_at=maybe_instant(row["retry_at"]),
        valid_until=maybe_instant(row["valid_until"]),
        live_at=maybe_instant(row["live_at"]),
    )
