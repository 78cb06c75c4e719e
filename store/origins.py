"""Origins: the one address by which an organisation's portal is named in mails, documents and answers."""

import sqlite3

from store.hostname import Hostname


def canonical_hostname(db: sqlite3.Connection, organisation_id: int) -> Hostname | None:
    """The portal's own name that was live last, else the one under the provider's domain; None: neither yet."""
    row = db.execute(
        "SELECT hostname FROM domains WHERE organisation_id = :organisation_id AND room = 'portal'"
        " AND redirect_to IS NULL AND (confirmation = 'address' OR live_at IS NOT NULL)"
        " ORDER BY confirmation = 'address', live_at DESC, id DESC LIMIT 1",
        {"organisation_id": organisation_id},
    ).fetchone()
    return Hostname(row["hostname"]) if row else None


def canonical_origin(db: sqlite3.Connection, organisation_id: int, public_port: int) -> str | None:
    """The origin that links begin with, such as https://billing.company.example; never taken from a request."""
    hostname = canonical_hostname(db, organisation_id)
    if hostname is None:
        return None
    return f"https://{hostname}" + ("" if public_port == 443 else f":{public_port}")
