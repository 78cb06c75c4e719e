"""Second factors: the secret of an authenticator app, and the recovery codes for the day it is lost.

A factor is being set up until it is confirmed by a code; only then is it asked for. Of a code its time step is
kept, of a recovery code its hash: neither is taken twice.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from store.instants import from_ms, maybe_instant, to_ms
from store.owner import Owner


@dataclass(frozen=True, slots=True)
class Factor:
    """One person's second factor; `confirmed_at` None: it is being set up."""

    id: int
    sealed_secret: bytes
    last_step: int
    confirmed_at: datetime | None
    created_at: datetime


def belongs_to(owner: Owner) -> tuple[str, str, str]:
    """What somebody's secret is sealed for."""
    return "second factor", str(owner.organisation_id), owner.actor


def find(db: sqlite3.Connection, owner: Owner) -> Factor | None:
    """Somebody's factor, confirmed or being set up."""
    row = db.execute(
        "SELECT id, sealed_secret, last_step, confirmed_at, created_at FROM second_factors"
        f" WHERE {owner.condition}",
        owner.values,
    ).fetchone()
    return _factor(row) if row else None


def confirmed(db: sqlite3.Connection, owner: Owner) -> Factor | None:
    """The factor that somebody is asked for when they sign in."""
    factor = find(db, owner)
    return factor if factor and factor.confirmed_at else None


def begin(db: sqlite3.Connection, owner: Owner, sealed_secret: bytes, now: datetime) -> bool:
    """Keep a secret that is being set up, in place of one that was; False: a confirmed one is there."""
    if confirmed(db, owner):
        return False
    remove(db, owner)
    db.execute(
        "INSERT INTO second_factors (staff_id, organisation_id, user_id, sealed_secret, created_at)"
        " VALUES (:staff_id, :organisation_id, :user_id, :sealed_secret, :now)",
        owner.values | {"sealed_secret": sealed_secret, "now": to_ms(now)},
    )
    return True


def confirm(
    db: sqlite3.Connection, factor: Factor, step: int, hashes: Iterable[bytes], now: datetime
) -> bool:
    """Switch a factor on with its first code and its recovery codes; False: it was on, or is gone."""
    changed = db.execute(
        "UPDATE second_factors SET confirmed_at = :now, last_step = :step"
        " WHERE id = :id AND confirmed_at IS NULL AND sealed_secret = :sealed_secret",
        {"id": factor.id, "sealed_secret": factor.sealed_secret, "step": step, "now": to_ms(now)},
    )
    if changed.rowcount:
        renew_codes(db, factor.id, hashes)
    return changed.rowcount > 0


def take_step(db: sqlite3.Connection, factor_id: int, step: int) -> bool:
    """Take the code of a time step; False: it, or a later one, was taken before."""
    changed = db.execute(
        "UPDATE second_factors SET last_step = :step WHERE id = :id AND last_step < :step",
        {"id": factor_id, "step": step},
    )
    return changed.rowcount > 0


def take_code(db: sqlite3.Connection, factor_id: int, code_hash: bytes, now: datetime) -> bool:
    """Take a recovery code; False: there is none such, or it was taken before."""
    changed = db.execute(
        "UPDATE recovery_codes SET used_at = :now"
        " WHERE factor_id = :id AND code_hash = :code_hash AND used_at IS NULL",
        {"id": factor_id, "code_hash": code_hash, "now": to_ms(now)},
    )
    return changed.rowcount > 0


def codes_left(db: sqlite3.Connection, factor_id: int) -> int:
    """How many recovery codes were not taken yet."""
    row = db.execute(
        "SELECT count(*) AS left FROM recovery_codes WHERE factor_id = :id AND used_at IS NULL",
        {"id": factor_id},
    ).fetchone()
    return int(row["left"])


def renew_codes(db: sqlite3.Connection, factor_id: int, hashes: Iterable[bytes]) -> None:
    """Give new recovery codes; the old ones are worth nothing from here on."""
    db.execute("DELETE FROM recovery_codes WHERE factor_id = :id", {"id": factor_id})
    db.executemany(
        "INSERT INTO recovery_codes (factor_id, code_hash) VALUES (:id, :code_hash)",
        [{"id": factor_id, "code_hash": code_hash} for code_hash in hashes],
    )


def remove(db: sqlite3.Connection, owner: Owner) -> bool:
    """Switch somebody's factor off; False: there was none."""
    return db.execute(f"DELETE FROM second_factors WHERE {owner.condition}", owner.values).rowcount > 0


def _factor(row: sqlite3.Row) -> Factor:
    return Factor(
        id=row["id"],
        sealed_secret=row["sealed_secret"],
        last_step=row["last_step"],
        confirmed_at=maybe_instant(row["confirmed_at"]),
        created_at=from_ms(row["created_at"]),
    )
