"""Installation: values made once for a store, such as the secret that proves a page is ours."""

import secrets
import sqlite3
from collections.abc import Mapping

KEY_CHECK = "master_key_check"
"""A sealed nothing, which tells whether a master key is the one of this store."""
LOCAL_CA_KEY = "local_ca_key"
"""The embedded CA's private key, sealed."""


def value(db: sqlite3.Connection, name: str) -> bytes | None:
    """A kept value."""
    row = db.execute("SELECT value FROM installation WHERE name = :name", {"name": name}).fetchone()
    return bytes(row["value"]) if row else None


def put(db: sqlite3.Connection, values: Mapping[str, bytes]) -> None:
    """Keep values together; what is there already is replaced."""
    db.executemany(
        "INSERT INTO installation (name, value) VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = :value",
        [{"name": name, "value": bytes_} for name, bytes_ in values.items()],
    )


def remove(db: sqlite3.Connection, name: str) -> None:
    """Keep a value no longer."""
    db.execute("DELETE FROM installation WHERE name = :name", {"name": name})


def proof_key(db: sqlite3.Connection) -> bytes:
    """The unguessable value of this installation; made on first use (call it in a write)."""
    kept = value(db, "proof_key")
    if kept is None:
        kept = secrets.token_bytes(32)
        put(db, {"proof_key": kept})
    return kept
