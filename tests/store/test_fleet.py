import sqlite3
from datetime import UTC, date, datetime, timedelta

from store import certificates, fleet
from store.certificates import Certificate
from store.fleet import Band, Cause, Day, Ending
from store.hostname import Hostname
from store.instants import to_ms

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def certificate(db: sqlite3.Connection, name: str, days: float, serial: str = "01") -> None:
    held = Certificate(
        Hostname(name), serial, "", b"", "local", NOW - timedelta(days=30), NOW + timedelta(days=days)
    )
    certificates.add(db, held, NOW)


def attempt(db: sqlite3.Connection, outcome: str, at: datetime) -> None:
    db.execute(
        "INSERT INTO issuance_history (hostname, reason, outcome, started_at, finished_at)"
        " VALUES ('a.example', 'handshake', ?, ?, ?)",
        (outcome, to_ms(at), to_ms(at)),
    )


def failed(db: sqlite3.Connection, name: str, cause: str, detail: str) -> None:
    db.execute(
        "INSERT INTO issuance (hostname, state, cause, detail) VALUES (?, 'failed', ?, ?)",
        (name, cause, detail),
    )


def test_names_are_counted_by_the_days_their_newest_certificate_has_left(db: sqlite3.Connection) -> None:
    for number, days in enumerate((-1, 0.5, 1, 6.9, 7, 89, 90, 400)):
        certificate(db, f"n{number}.example", days)
    certificate(db, "n0.example", -5, "00")
    assert fleet.bands(db, NOW) == [
        Band(None, 0, 1),
        Band(0, 1, 1),
        Band(1, 3, 1),
        Band(3, 7, 1),
        Band(7, 14, 1),
        Band(14, 30, 0),
        Band(30, 60, 0),
        Band(60, 90, 1),
        Band(90, None, 2),
    ]


def test_renewed_name_is_in_the_band_of_its_newest(db: sqlite3.Connection) -> None:
    certificate(db, "a.example", 2, "01")
    certificate(db, "a.example", 62, "02")
    assert [band for band in fleet.bands(db, NOW) if band.names] == [Band(60, 90, 1)]
    assert fleet.next_to_end(db) == [Ending(Hostname("a.example"), NOW + timedelta(days=62))]


def test_failures_are_by_cause_the_commonest_first(db: sqlite3.Connection) -> None:
    failed(db, "b.example", "ca:dns", "no A for b")
    failed(db, "a.example", "ca:dns", "no A for a")
    failed(db, "c.example", "ca:caa", "forbidden")
    assert fleet.failures(db) == [
        Cause("ca:dns", 2, Hostname("a.example"), "no A for a"),
        Cause("ca:caa", 1, Hostname("c.example"), "forbidden"),
    ]


def test_days_are_whole_also_where_nothing_happened(db: sqlite3.Connection) -> None:
    attempt(db, "issued", NOW)
    attempt(db, "ca:dns", NOW)
    attempt(db, "issued", NOW - timedelta(days=2))
    attempt(db, "issued", NOW - timedelta(days=3))
    assert fleet.days(db, NOW, 3) == [
        Day(date(2026, 11, 20), 1, 0),
        Day(date(2026, 11, 21), 0, 0),
        Day(date(2026, 11, 22), 1, 1),
    ]
