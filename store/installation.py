"""Installation: values made once for a store, such as the secret that proves a page is ours."""

import secrets
import sqlite3


def proof_key(db: sqlite3.Connection) -> bytes:
    """The unguessable value of this installation; made on first use (call it in a write)."""
    db.execute(
        "INSERT INTO installation (name, value) VALUES ('proof_key', :value) ON CONFLICT DO NOTHING",
        {"value": secrets.token_bytes(32)},
    )
    row = db.execute("SELECT value FROM installation WHERE name = 'proof_key'").fetchone()
    return bytes(row["value"])
