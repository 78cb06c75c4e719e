"""Resealing: every sealed secret of the store, brought under the key that seals now, some rows at a time."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from store import installation, second_factors
from store.owner import of_staff, of_user
from store.vault import SealBroken, Vault

AT_ONCE = 25
"""Rows of one write: some 3 ms."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A column that holds sealed secrets, and what each is sealed for."""

    table: str
    column: str
    beside: str
    belongs_to: Callable[[sqlite3.Row], tuple[str, ...]]
    only: str = "true"


@dataclass(frozen=True, slots=True)
class Swept:
    """What one step did; `last` None: there are no more rows of the kind."""

    last: int | None
    resealed: int
    broken: tuple[str, ...]


def _of_factor(row: sqlite3.Row) -> tuple[str, ...]:
    owner = (
        of_staff(row["staff_id"])
        if row["user_id"] is None
        else of_user(row["organisation_id"], row["user_id"])
    )
    return second_factors.belongs_to(owner)


KINDS = (
    Kind(
        "installation",
        "value",
        "name",
        lambda row: (row["name"],),
        f"name IN ('{installation.KEY_CHECK}', '{installation.LOCAL_CA_KEY}')",
    ),
    Kind("acme_accounts", "sealed_key", "directory", lambda row: (row["directory"],)),
    Kind("acme_orders", "sealed_key", "hostname, url", lambda row: (row["hostname"], row["url"])),
    Kind("certificates", "sealed_key", "hostname, serial", lambda row: (row["hostname"], row["serial"])),
    Kind("second_factors", "sealed_secret", "staff_id, organisation_id, user_id", _of_factor),
)


def sweep(db: sqlite3.Connection, vault: Vault, kind: Kind, after: int) -> Swept:
    """Reseal the next rows of a kind; one that opens with no key is left as it is, and named."""
    rows = db.execute(
        f"SELECT rowid AS at, {kind.column} AS sealed, {kind.beside} FROM {kind.table}"
        f" WHERE rowid > :after AND {kind.only} ORDER BY rowid LIMIT {AT_ONCE}",
        {"after": after},
    ).fetchall()
    changed, broken = [], []
    for row in rows:
        try:
            fresh = vault.resealed(row["sealed"], *kind.belongs_to(row))
        except SealBroken as error:
            broken.append(str(error))
            continue
        if fresh is not None:
            changed.append({"at": row["at"], "fresh": fresh})
    db.executemany(f"UPDATE {kind.table} SET {kind.column} = :fresh WHERE rowid = :at", changed)
    last = rows[-1]["at"] if len(rows) == AT_ONCE else None
    return Swept(last, len(changed), tuple(broken))
