"""Erasure: a customer's personal data go, all but what VAT law has the organisation keep for six years.

What goes at once: sign-ins of nobody else's, requests, links, messages, sightings, own edits, mandates, telephone
numbers and e-mail addresses, and every single call (what calls came to stays). What stays until it is six years old
(VAT Act 1994, schedule 11, paragraph 6; VAT Notice 700/21, section 2.4): invoices and credit notes with their
lines, PDFs, and the name and address they were made out to; payments. The customer goes with the last of them.

It goes in short steps that can be interrupted. The next look removes again what an import has brought back.
"""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from store import audit, retention
from store.audit import Entry
from store.instants import from_ms, maybe_instant, to_ms

YEARS = 6
ROWS = 200
LOOKS = 5
"""So often a transaction looks behind calls that wait for a draft; what lies further is found once that is decided."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer whose data are to go."""

    organisation_id: int
    account_id: int
    reference: str
    time_zone: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Extent:
    """What an erasure would take, and what it would leave and until when."""

    users: int
    shared_users: int
    """Who sign in for other customers too: they stay, without this one."""
    calls: int
    invoices: int
    payments: int
    kept_until: date | None


def extent(db: sqlite3.Connection, organisation_id: int, account_id: int) -> Extent:
    """What there is of a customer."""
    key = {"organisation_id": organisation_id, "account_id": account_id}
    row = db.execute(_EXTENT, key).fetchone()
    newest = row["newest"]
    return Extent(
        users=row["users"],
        shared_users=row["shared_users"],
        calls=row["calls"],
        invoices=row["invoices"],
        payments=row["payments"],
        kept_until=_years_after(date.fromisoformat(newest)) if newest else None,
    )


def ask(db: sqlite3.Connection, organisation_id: int, account_id: int, asked_by: str, now: datetime) -> None:
    """Keep that a customer is to be erased; asking again begins anew."""
    db.execute(
        "INSERT INTO erasures (organisation_id, account_id, asked_by, asked_at)"
        " VALUES (:organisation_id, :account_id, :asked_by, :now)"
        " ON CONFLICT (organisation_id, account_id) DO UPDATE SET asked_by = excluded.asked_by,"
        " asked_at = excluded.asked_at, done_at = NULL",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "asked_by": asked_by,
            "now": to_ms(now),
        },
    )


def of_organisation(db: sqlite3.Connection, organisation_id: int) -> list[Asked]:
    """The customers of an organisation that are erased, the newest first."""
    rows = db.execute(
        f"{_ASKED} WHERE e.organisation_id = :organisation_id ORDER BY e.asked_at DESC, e.account_id",
        {"organisation_id": organisation_id},
    )
    return [_asked(row) for row in rows]


def of_account(db: sqlite3.Connection, organisation_id: int, account_id: int) -> Asked | None:
    """Whether, and since when, a customer is erased."""
    row = db.execute(
        f"{_ASKED} WHERE e.organisation_id = :organisation_id AND e.account_id = :account_id",
        {"organisation_id": organisation_id, "account_id": account_id},
    ).fetchone()
    return _asked(row) if row else None


def all_asked(db: sqlite3.Connection) -> list[Asked]:
    """Every customer of any organisation that is erased."""
    return [_asked(row) for row in db.execute(f"{_ASKED} ORDER BY e.asked_at")]


def go_on(db: sqlite3.Connection, organisation_id: int, account_id: int, now: datetime) -> bool:
    """Remove some of what may go by now; False once nothing of it is left."""
    asked = of_account(db, organisation_id, account_id)
    if asked is None:
        return False
    key: dict[str, object] = {
        "organisation_id": organisation_id,
        "account_id": account_id,
        "asked_at": to_ms(asked.asked_at),
        "before": _years_before(now.date()).isoformat(),
        "rows": ROWS,
    }
    for statement in _STEPS:
        if db.execute(statement, key).rowcount:
            return True
    if _fold_calls(db, asked) or _remove_old_invoice(db, key) or _remove_old_payment(db, key):
        return True
    if not db.execute(_DOCUMENTED, key).fetchone()[0]:
        db.execute("DELETE FROM accounts WHERE organisation_id = :organisation_id AND id = :account_id", key)
        audit.record(db, _entry(asked, "customer.erased_wholly", now))
    elif asked.done_at is None:
        db.execute(f"UPDATE erasures SET done_at = :now WHERE {_MINE}", key | {"now": to_ms(now)})
        audit.record(db, _entry(asked, "customer.erased", now))
    return False


def _fold_calls(db: sqlite3.Connection, asked: Asked) -> bool:
    zone, place = ZoneInfo(asked.time_zone), None
    for _ in range(LOOKS):
        done = retention.fold(db, asked.organisation_id, asked.account_id, asked.asked_at, zone, place)
        if done.removed or done.then is None:
            return done.removed > 0
        place = done.then  # these wait for a draft; look behind them
    return False


def _remove_old_invoice(db: sqlite3.Connection, key: dict[str, object]) -> bool:
    """One whose six years are over, with the PDFs that belong to no other."""
    row = db.execute(_OLD_INVOICE, key).fetchone()
    if row is None:
        return False
    of_invoice = key | {"invoice_id": row["id"]}
    contents = db.execute(_CONTENTS, of_invoice).fetchall()
    db.execute(
        "DELETE FROM invoices WHERE organisation_id = :organisation_id AND id = :invoice_id", of_invoice
    )
    for content in contents:
        db.execute(_UNUSED_PIECES, key | {"sha256": content["sha256"]})
    return True


def _remove_old_payment(db: sqlite3.Connection, key: dict[str, object]) -> bool:
    return db.execute(_OLD_PAYMENT, key).rowcount > 0


def _years_after(day: date) -> date:
    return day.replace(year=day.year + YEARS, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _years_before(day: date) -> date:
    return day.replace(year=day.year - YEARS, day=28 if (day.month, day.day) == (2, 29) else day.day)


_MINE = "organisation_id = :organisation_id AND account_id = :account_id"
_OTHERS = (
    "SELECT 1 FROM memberships o WHERE o.organisation_id = m.organisation_id AND o.user_id = m.user_id"
    " AND o.account_id <> m.account_id"
)
_STEPS = (
    # Links and codes were mailed to the person, not to an account: they go while it is known who that was.
    "DELETE FROM outbox WHERE id IN (SELECT x.id FROM memberships m"
    " CROSS JOIN users u ON u.organisation_id = m.organisation_id AND u.id = m.user_id"
    " CROSS JOIN outbox x ON x.organisation_id = m.organisation_id AND x.recipient = u.email"
    " WHERE m.organisation_id = :organisation_id AND m.account_id = :account_id"
    f" AND u.created_at <= :asked_at AND NOT EXISTS ({_OTHERS}) AND x.account_id IS NULL"
    " AND x.created_at <= :asked_at LIMIT 50)",
    # A sign-in that is for this customer alone goes with its sessions, factors and sightings.
    "DELETE FROM users WHERE organisation_id = :organisation_id AND created_at <= :asked_at AND id IN ("
    " SELECT m.user_id FROM memberships m WHERE m.organisation_id = :organisation_id"
    f" AND m.account_id = :account_id AND NOT EXISTS ({_OTHERS}) LIMIT :rows)",
    "DELETE FROM memberships WHERE organisation_id = :organisation_id AND account_id = :account_id"
    " AND user_id IN (SELECT id FROM users WHERE organisation_id = :organisation_id AND created_at <= :asked_at)",
    f"DELETE FROM tokens WHERE {_MINE} AND created_at <= :asked_at",
    f"DELETE FROM registrations WHERE {_MINE} AND created_at <= :asked_at",
    f"DELETE FROM change_requests WHERE {_MINE} AND created_at <= :asked_at",
    f"DELETE FROM mandates WHERE {_MINE}",
    f"DELETE FROM number_names WHERE {_MINE}",
    f"DELETE FROM itemisations WHERE {_MINE}",
    f"DELETE FROM call_months WHERE {_MINE}",
    "DELETE FROM call_rollups WHERE (month, generation, dimension, value, currency) IN (SELECT month, generation,"
    f" dimension, value, currency FROM call_rollups WHERE {_MINE} LIMIT 200) AND {_MINE}",
    f"DELETE FROM account_edits WHERE {_MINE} AND edited_at <= :asked_at",
    f"DELETE FROM account_edit_log WHERE {_MINE} AND edited_at <= :asked_at",
    f"DELETE FROM mailing_items WHERE id IN (SELECT id FROM mailing_items WHERE {_MINE} LIMIT :rows)",
    f"DELETE FROM membership_offers WHERE {_MINE} AND created_at <= :asked_at",
    f"DELETE FROM mailing_items WHERE {_MINE}",
    f"DELETE FROM bulk_deed_rows WHERE {_MINE}",
    f"DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE {_MINE} AND created_at <= :asked_at LIMIT 50)",
    f"UPDATE account_revisions SET email = '', phone = '' WHERE {_MINE} AND (email <> '' OR phone <> '')",
)
_NEWEST_ISSUE = (
    "(SELECT max(r.issued_on) FROM invoice_revisions r"
    " WHERE r.organisation_id = i.organisation_id AND r.invoice_id = i.id)"
)
_NEWEST_PAYMENT = (
    "(SELECT max(r.paid_on) FROM payment_revisions r"
    " WHERE r.organisation_id = p.organisation_id AND r.payment_id = p.id)"
)
_OLD_INVOICE = (
    "SELECT i.id FROM invoices i WHERE i.organisation_id = :organisation_id AND i.account_id = :account_id"
    f" AND coalesce({_NEWEST_ISSUE}, '') < :before ORDER BY i.id LIMIT 1"
)
_OLD_PAYMENT = (
    "DELETE FROM payments WHERE id = (SELECT p.id FROM payments p WHERE p.organisation_id = :organisation_id"
    f" AND p.account_id = :account_id AND coalesce({_NEWEST_PAYMENT}, '') < :before ORDER BY p.id LIMIT 1)"
)
_CONTENTS = (
    "SELECT DISTINCT sha256 FROM documents"
    " WHERE organisation_id = :organisation_id AND invoice_id = :invoice_id"
)
_UNUSED_PIECES = (
    "DELETE FROM document_pieces WHERE organisation_id = :organisation_id AND sha256 = :sha256"
    " AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.organisation_id = :organisation_id AND d.sha256 = :sha256)"
)
_DOCUMENTED = (
    f"SELECT EXISTS (SELECT 1 FROM invoices WHERE {_MINE}) OR EXISTS (SELECT 1 FROM payments WHERE {_MINE})"
    f" OR EXISTS (SELECT 1 FROM calls WHERE {_MINE})"
)
_EXTENT = f"""
SELECT
    (SELECT count(*) FROM memberships WHERE {_MINE}) AS users,
    (SELECT count(*) FROM memberships m WHERE m.organisation_id = :organisation_id
        AND m.account_id = :account_id AND EXISTS ({_OTHERS})) AS shared_users,
    (SELECT count(*) FROM calls WHERE {_MINE}) AS calls,
    (SELECT count(*) FROM invoices WHERE {_MINE}) AS invoices,
    (SELECT count(*) FROM payments WHERE {_MINE}) AS payments,
    (SELECT max(day) FROM (
        SELECT max(issued_on) AS day FROM invoice_revisions WHERE {_MINE}
        UNION ALL SELECT max(paid_on) FROM payment_revisions WHERE {_MINE})) AS newest"""
_ASKED = (
    "SELECT e.organisation_id, e.account_id, a.reference, o.time_zone, e.asked_by, e.asked_at, e.done_at"
    " FROM erasures e JOIN organisations o ON o.id = e.organisation_id"
    " JOIN accounts a ON a.organisation_id = e.organisation_id AND a.id = e.account_id"
)


def _asked(row: sqlite3.Row) -> Asked:
    return Asked(
        organisation_id=row["organisation_id"],
        account_id=row["account_id"],
        reference=row["reference"],
        time_zone=row["time_zone"],
        asked_by=row["asked_by"],
        asked_at=from_ms(row["asked_at"]),
        done_at=maybe_instant(row["done_at"]),
    )


def _entry(asked: Asked, action: str, now: datetime) -> Entry:
    return Entry(
        organisation_id=asked.organisation_id,
        actor="system",
        action=action,
        object=f"account:{asked.reference}",
        detail={"asked_by": asked.asked_by},
        address="",
        at=now,
    )
