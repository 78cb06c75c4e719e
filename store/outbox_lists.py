"""Lists of the outbox: newest first, narrowed, a page at a time; an organisation's, the provider's, everybody's."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store.instants import from_ms, maybe_instant
from store.outbox import BLANK, Purpose, Queued, State

COUNTED = 10_000
"""Counts end here: more is said as "more than"."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message in a list, without its bodies; `organisation` is the slug, empty for the provider."""

    id: int
    organisation_id: int | None
    organisation: str
    purpose: Purpose
    recipient: str
    subject: str
    state: State
    attempts: int
    next_at: datetime | None
    error: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    secret_gone: bool

    def may_cancel(self) -> bool:
        """Whether it still waits."""
        return self.state is State.WAITING

    def may_retry(self, now: datetime) -> bool:
        """Whether sending it again, or at once, makes sense; the rule of `store.outbox.retry`."""
        late = self.expires_at is not None and self.expires_at <= now
        return self.state is not State.SENT and not self.secret_gone and not late

    @property
    def is_held(self) -> bool:
        """Whether it waits until its organisation is resumed."""
        return self.state is State.WAITING and self.next_at is None


@dataclass(frozen=True, slots=True)
class Filter:
    """How a list is narrowed; `search` is a part of the recipient's address."""

    state: State | None = None
    search: str = ""


def page(
    db: sqlite3.Connection, organisation_id: int | None, chosen: Filter, *, before: int | None, limit: int
) -> list[Line]:
    """An organisation's messages, or the provider's own, newest first; `before` is the last id seen."""
    where = "o.organisation_id IS :organisation_id"
    return _page(db, where, {"organisation_id": organisation_id}, chosen, before, limit)


def page_of_all(db: sqlite3.Connection, chosen: Filter, *, before: int | None, limit: int) -> list[Line]:
    """Everybody's messages, newest first."""
    return _page(db, "1 = 1", {}, chosen, before, limit)


def of_mailing(
    db: sqlite3.Connection, organisation_id: int, mailing_id: int, *, before: int | None, limit: int
) -> list[Line]:
    """The messages of one mailing, newest first."""
    where = "o.organisation_id = :organisation_id AND o.mailing_id = :mailing_id"
    values = {"organisation_id": organisation_id, "mailing_id": mailing_id}
    return _page(db, where, values, Filter(), before, limit)


def of_invoice(db: sqlite3.Connection, organisation_id: int, invoice_id: int) -> list[Line]:
    """The messages about one invoice, newest first, the last fifty."""
    where = "o.organisation_id = :organisation_id AND o.invoice_id = :invoice_id"
    values = {"organisation_id": organisation_id, "invoice_id": invoice_id}
    return _page(db, where, values, Filter(), None, 50)


def counts(db: sqlite3.Connection, organisation_id: int | None) -> dict[State, int]:
    """How many messages are in each state, `COUNTED` + 1 at most."""
    where = "organisation_id IS :organisation_id AND"
    return {state: _count(db, where, {"organisation_id": organisation_id}, state) for state in State}


def counts_of_all(db: sqlite3.Connection) -> dict[State, int]:
    """How many messages of everybody are in each state, `COUNTED` + 1 at most."""
    return {state: _count(db, "", {}, state) for state in State}


def line_of(found: Queued) -> Line:
    """The line of a message that was read whole."""
    return Line(
        id=found.id,
        organisation_id=found.organisation_id,
        organisation="",
        purpose=found.message.purpose,
        recipient=found.message.recipient,
        subject=found.message.subject,
        state=found.state,
        attempts=found.attempts,
        next_at=found.next_at,
        error=found.error,
        created_at=found.created_at,
        finished_at=found.finished_at,
        expires_at=found.message.expires_at,
        secret_gone=found.message.secret == BLANK,
    )


def _count(db: sqlite3.Connection, where: str, values: Mapping[str, object], state: State) -> int:
    row = db.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM outbox WHERE {where} state = :state LIMIT {COUNTED + 1})",
        {**values, "state": state.value},
    ).fetchone()
    return int(row[0])


def _page(
    db: sqlite3.Connection,
    where: str,
    values: Mapping[str, object],
    chosen: Filter,
    before: int | None,
    limit: int,
) -> list[Line]:
    conditions = [where]
    if chosen.state:
        conditions.append("o.state = :state")
    if chosen.search:
        conditions.append("o.recipient LIKE :search ESCAPE '\\'")
    if before is not None:
        conditions.append("o.id < :before")
    # The innermost query reads one index alone: bodies, which are large, are read for no row that is left out.
    by_recipient = "INDEXED BY outbox_by_recipient" if chosen.search else ""
    rows = db.execute(
        f"SELECT {_COLUMNS}, coalesce(g.slug, '') AS organisation FROM outbox o"
        " LEFT JOIN organisations g ON g.id = o.organisation_id WHERE o.id IN"
        f" (SELECT o.id FROM outbox o {by_recipient} WHERE {' AND '.join(conditions)} ORDER BY o.id DESC LIMIT :limit)"
        " ORDER BY o.id DESC",
        {
            **values,
            "state": chosen.state.value if chosen.state else None,
            "search": _like(chosen.search),
            "before": before,
            "limit": limit,
        },
    )
    return [_line(row) for row in rows]


_COLUMNS = (
    "o.id, o.organisation_id, o.purpose, o.recipient, o.subject, o.state, o.attempts, o.next_at, o.error,"
    " o.created_at, o.finished_at, o.expires_at, o.secret"
)


def _like(text: str) -> str:
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return f"%{text}%"


def _line(row: sqlite3.Row) -> Line:
    return Line(
        id=row["id"],
        organisation_id=row["organisation_id"],
        organisation=row["organisation"],
        purpose=Purpose(row["purpose"]),
        recipient=row["recipient"],
        subject=row["subject"],
        state=State(row["state"]),
        attempts=row["attempts"],
        next_at=maybe_instant(row["next_at"]),
        error=row["error"],
        created_at=from_ms(row["created_at"]),
        finished_at=maybe_instant(row["finished_at"]),
        expires_at=maybe_instant(row["expires_at"]),
        secret_gone=row["secret"] == BLANK,
    )
