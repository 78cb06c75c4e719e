"""Leases: who may work on a thing just now, among processes that share the store.

A lease has an owner (a process on this host), an expiry and a generation. It is void at its expiry, and at once
when its owner no longer lives. Whoever takes it gets a higher generation; results are only accepted from the
generation that stands, so a process that slept through its lease cannot write late.
"""

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from store.instants import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on `name` until `expires_at`."""

    name: str
    owner: str
    generation: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HeldBy:
    """Another owner has it, until then at the latest."""

    owner: str
    expires_at: datetime


def take(
    db: sqlite3.Connection, name: str, owner: str, now: datetime, expires_at: datetime
) -> Lease | HeldBy:
    """Take the lease if nobody living holds it; an owner who holds it already is refused too."""
    row = db.execute("SELECT * FROM leases WHERE name = :name", {"name": name}).fetchone()
    if row and row["expires_at"] > to_ms(now) and lives(row["owner"]):
        return HeldBy(row["owner"], from_ms(row["expires_at"]))
    generation = row["generation"] + 1 if row else 1
    db.execute(
        "INSERT INTO leases (name, owner, generation, expires_at) VALUES (:name, :owner, :generation, :expires)"
        " ON CONFLICT (name) DO UPDATE SET owner = :owner, generation = :generation, expires_at = :expires",
        {"name": name, "owner": owner, "generation": generation, "expires": to_ms(expires_at)},
    )
    return Lease(name, owner, generation, expires_at)


def stands(db: sqlite3.Connection, lease: Lease) -> bool:
    """Whether nobody took the lease over or released it."""
    row = db.execute(
        "SELECT 1 FROM leases WHERE name = :name AND generation = :generation AND expires_at > 0",
        {"name": lease.name, "generation": lease.generation},
    ).fetchone()
    return row is not None


def release(db: sqlite3.Connection, lease: Lease) -> None:
    """Give the lease back, if it is still ours; the generation stays."""
    db.execute(
        "UPDATE leases SET expires_at = 0 WHERE name = :name AND generation = :generation",
        {"name": lease.name, "generation": lease.generation},
    )


def void(db: sqlite3.Connection, name: str) -> None:
    """Take the lease from whoever holds it: what it was for is gone."""
    db.execute("UPDATE leases SET expires_at = 0 WHERE name = :name", {"name": name})


def this_process() -> str:
    """The owner text of this process: boot id, process id and its start time."""
    return process(os.getpid())


def process(pid: int) -> str:
    """The owner text of a process of this host, while it lives."""
    return f"{_boot_id()} {pid} {_started(pid)}"


def lives(owner: str) -> bool:
    """Whether the process that an owner text names still runs on this host."""
    try:
        boot_id, pid, started = owner.split()
    except ValueError:
        return False
    return boot_id == _boot_id() and _started(int(pid)) == started


@lru_cache(maxsize=1)
def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()


def _started(pid: int) -> str:
    """The kernel's start time of a process (proc(5), field 22), empty when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace").rpartition(") ")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
