"""Accounts: an organisation's customers: what was imported, and above it what they changed themselves.

An edit outlasts imports: the source stands again only where it comes to say what the customer said, or where an
admin decides so (`store/conflicts.py`).
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store import account_edit_log, audit
from store.instants import from_ms, to_ms

FIELDS = ("name", "email", "phone", "address1", "address2", "town", "county", "postcode", "country")
EDITABLE = FIELDS[1:]
"""What a customer may change; the name on the contract is the organisation's to change."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A customer's own value of a field; `imported` is what the source said when that was last agreed upon."""

    value: str
    imported: str
    user_id: int
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """A customer: `imported` by field, and the edits that stand above it."""

    account_id: int
    reference: str
    type: str
    imported: Mapping[str, str]
    edits: Mapping[str, Edit]

    def value(self, field: str) -> str:
        """A field as it now stands."""
        edit = self.edits.get(field)
        return edit.value if edit else self.imported[field]

    @property
    def name(self) -> str:
        return self.value("name")

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The postal address without its empty lines."""
        return tuple(line for field in FIELDS[3:] if (line := self.value(field)))


def find(db: sqlite3.Connection, organisation_id: int, account_id: int) -> Account | None:
    """A visible customer with their edits."""
    key = {"organisation_id": organisation_id, "account_id": account_id}
    row = db.execute(
        f"SELECT account_id, reference, type, {', '.join(FIELDS)} FROM visible_accounts"
        " WHERE organisation_id = :organisation_id AND account_id = :account_id",
        key,
    ).fetchone()
    if row is None:
        return None
    edits = db.execute(
        "SELECT field, value, imported_value, user_id, edited_at FROM live_account_edits"
        " WHERE organisation_id = :organisation_id AND account_id = :account_id",
        key,
    )
    return Account(
        account_id=row["account_id"],
        reference=row["reference"],
        type=row["type"],
        imported={field: row[field] for field in FIELDS},
        edits={
            edit["field"]: Edit(
                edit["value"], edit["imported_value"], edit["user_id"], from_ms(edit["edited_at"])
            )
            for edit in edits
            if edit["value"] != row[edit["field"]]
        },
    )


def id_of(db: sqlite3.Connection, organisation_id: int, reference: str) -> int | None:
    """The id of the customer of this reference, visible or not."""
    row = db.execute(
        "SELECT id FROM accounts WHERE organisation_id = :organisation_id AND reference = :reference",
        {"organisation_id": organisation_id, "reference": reference},
    ).fetchone()
    return row["id"] if row else None


def edit(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    values: Mapping[str, str],
    *,
    user_id: int,
    address: str,
    now: datetime,
) -> bool:
    """Keep what a customer changed and write it down; a value as imported takes the edit away."""
    account = find(db, organisation_id, account_id)
    if account is None:
        return False
    changed = {
        field: value for field, value in values.items() if field in EDITABLE and value != account.value(field)
    }
    for field, value in changed.items():
        if value == account.imported[field]:
            _drop(db, organisation_id, account_id, field)
        else:
            known = account.edits.get(field)
            imported = known.imported if known else account.imported[field]
            _put(db, organisation_id, account_id, field, Edit(value, imported, user_id, now))
        change = account_edit_log.Change(account_id, field, value, account.value(field), f"user:{user_id}")
        account_edit_log.add(db, organisation_id, change, now)
    if changed:
        _record(db, organisation_id, account, changed, by=(user_id, address, now))
    return bool(changed)


def _record(
    db: sqlite3.Connection,
    organisation_id: int,
    account: Account,
    changed: Mapping[str, str],
    *,
    by: tuple[int, str, datetime],
) -> None:
    user_id, address, now = by
    entry = audit.Entry(
        organisation_id=organisation_id,
        actor=f"user:{user_id}",
        action="account.edit",
        object=f"account:{account.reference}",
        detail={"fields": ", ".join(changed)},  # the values are in the log of edits, which can be erased
        address=address,
        at=now,
    )
    audit.record(db, entry)


def _put(db: sqlite3.Connection, organisation_id: int, account_id: int, field: str, edit: Edit) -> None:
    db.execute(
        "INSERT INTO account_edits (organisation_id, account_id, field, value, imported_value, user_id, edited_at)"
        " VALUES (:organisation_id, :account_id, :field, :value, :imported, :user_id, :edited_at)"
        " ON CONFLICT (organisation_id, account_id, field) DO UPDATE SET value = excluded.value,"
        " imported_value = excluded.imported_value, user_id = excluded.user_id,"
        " edited_at = excluded.edited_at, dissolved_by = NULL",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "field": field,
            "value": edit.value,
            "imported": edit.imported,
            "user_id": edit.user_id,
            "edited_at": to_ms(edit.edited_at),
        },
    )


def _drop(db: sqlite3.Connection, organisation_id: int, account_id: int, field: str) -> None:
    db.execute(
        "DELETE FROM account_edits WHERE organisation_id = :organisation_id AND account_id = :account_id"
        " AND field = :field",
        {"organisation_id": organisation_id, "account_id": account_id, "field": field},
    )
