"""Domain history: what is known about a name before anybody looks at its DNS, and what the last look saw."""

import json
import sqlite3
from datetime import datetime

from store import certificates, dns_answers, issuance, watches
from store.diagnosis import History
from store.dns_answers import Survey
from store.hostname import Hostname
from store.instants import maybe_instant
from store.watches import Place

LIMITED = ("ca:rateLimited", "limit:")
"""What the causes of an issuance that waits for a rate limit begin with."""


def of(db: sqlite3.Connection, hostname: Hostname, now: datetime, *, asking: int | None = None) -> History:
    """Facts for a diagnosis; `asking` is the organisation for which the question is put, if it is one's."""
    row = db.execute(
        "SELECT organisation_id, live_at, wrong_since FROM domains WHERE hostname = :hostname",
        {"hostname": hostname},
    ).fetchone()
    standing = issuance.standing(db, hostname)
    limited = standing.cause.startswith(LIMITED) and standing.retry_at and standing.retry_at > now
    certificate = certificates.standing(db, hostname, now)
    watch = watches.of(db, hostname)
    return History(
        held_elsewhere=row is not None and asking is not None and row["organisation_id"] != asking,
        serves=bool(row and row["live_at"] and watch and watch.place is Place.HERE),
        moved_at=watch.placed_at if watch and watch.place is Place.MOVED else None,
        wrong_since=maybe_instant(row["wrong_since"]) if row else None,
        not_after=certificate.not_after if certificate else None,
        rate_limited_until=standing.retry_at if limited else None,
    )


def last_survey(db: sqlite3.Connection, hostname: Hostname) -> Survey | None:
    """Everything that the last thorough look at a registered name saw."""
    row = db.execute(
        "SELECT evidence FROM domains WHERE hostname = :hostname", {"hostname": hostname}
    ).fetchone()
    return dns_answers.from_fields(json.loads(row["evidence"])) if row and row["evidence"] else None
