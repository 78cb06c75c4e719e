"""A store with customers and as many calls as are asked for, made by SQL in the order in which calls are kept."""

import csv
import random
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store import organisations
from store.importing.writer import opened

SLUG = "bench"
ACCOUNTS = 20_000
CALLS_A_MONTH = 1_000_000
SECONDS_A_MONTH = 28 * 86_400
START = datetime(2026, 1, 1, tzinfo=UTC)


def months_of(standing: int) -> int:
    """How many months a store of this many calls spans."""
    return max(1, round(standing / CALLS_A_MONTH))


def make(path: Path, standing: int, *, invoices: bool = False) -> None:
    """A new store; with `invoices` each call names its customer's."""
    sqlite3.connect(path).close()
    with opened(path) as store:
        store.write(lambda db: organisations.add(db, SLUG, "Bench", START))
        db = store.db
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN IMMEDIATE")
        db.execute(_BATCH)
        for statement in (_ACCOUNTS, _REVISIONS, _INVOICES, _INVOICE_REVISIONS):
            db.execute(statement, {"accounts": ACCOUNTS})
        values = {
            "accounts": ACCOUNTS,
            "each": standing // ACCOUNTS,
            "step": months_of(standing) * SECONDS_A_MONTH * ACCOUNTS // max(standing, 1),
            "start": int(START.timestamp()),
            "invoices": invoices,
        }
        db.execute(_CALLS, values)
        db.execute(_IDS)
        db.execute("COMMIT")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    for lock in (".queue", ".write"):
        path.with_name(path.name + lock).unlink()


def write_csv(file: Path, count: int, month: int, *, invoices: bool = False) -> None:
    """A month of calls, with shuffled ids, customers and times in no order."""
    chance, start = random.Random(month), START + timedelta(seconds=month * SECONDS_A_MONTH)
    ids = list(range(count))
    chance.shuffle(ids)
    with file.open("w", newline="") as text:
        rows = csv.writer(text)
        rows.writerow(_HEADER)
        for number in ids:
            account, seconds = chance.randrange(ACCOUNTS), chance.randrange(3600)
            at = start + timedelta(seconds=chance.randrange(SECONDS_A_MONTH))
            rows.writerow(
                (
                    f"cdr-{month}-{number:09d}",
                    f"AC{account:06d}",
                    f"0207946{account % 10_000:04d}",
                    "outbound",
                    "voice",
                    at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    seconds,
                    seconds,
                    0,
                    f"07700900{chance.randrange(1000):03d}",
                    "UK Mobile",
                    "mobile",
                    "fm3",
                    f"0.{chance.randrange(10_000):04d}",
                    "0",
                    "0",
                    "false",
                    "",
                    "GBP",
                    f"INV-{account:06d}" if invoices else "",
                    "",
                )
            )


_HEADER = (
    "external_id,account_reference,cli,direction,type,started,duration_seconds,billed_seconds,data_bytes,number,"
    "destination,destination_group,charge_band,net_price,access_charge,service_charge,in_bundle,cost_centre,"
    "currency,invoice_number,invoice_line"
).split(",")
_BATCH = """
INSERT INTO batches (id, organisation_id, kind, file_name, state, created_at, published_at)
VALUES (1, 1, 'calls', 'standing.csv', 'published', 0, 0)"""
_NUMBERS = "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {} - 1)"
_ACCOUNTS = f"""
INSERT INTO accounts (id, organisation_id, reference)
{_NUMBERS.format(":accounts")} SELECT n + 1, 1, printf('AC%06d', n) FROM n"""
_REVISIONS = """
INSERT INTO account_revisions (organisation_id, account_id, batch_id, name)
SELECT 1, id, 1, 'Customer ' || id FROM accounts"""
_INVOICES = """
INSERT INTO invoices (id, organisation_id, public_id, account_id, number)
SELECT id, 1, 'p' || id, id, printf('INV-%06d', id - 1) FROM accounts"""
_INVOICE_REVISIONS = """
INSERT INTO invoice_revisions (organisation_id, invoice_id, account_id, batch_id, kind, issued_on, status, net, tax,
    gross, paid, due_amount, currency)
SELECT 1, id, id, 1, 'invoice', '2026-01-28', 'outstanding', 1000, 200, 1200, 0, 1200, 'GBP' FROM accounts"""
_CALLS = f"""
INSERT INTO calls (organisation_id, account_id, started, external_hash, batch_id, external_id, cli, direction, type,
    duration_seconds, billed_seconds, data_bytes, number, destination, destination_group, charge_band, net_price,
    access_charge, service_charge, in_bundle, cost_centre, currency, invoice_id, line_position)
{_NUMBERS.format(":each")}
SELECT 1, a.id, :start + n.n * :step + abs(random()) % max(1, :step), abs(random()), 1,
    printf('old-%05d-%06d', n.n, a.id), printf('0207946%04d', a.id % 10000), 'outbound', 'voice', n.n * 7 % 3600,
    n.n * 7 % 3600, 0, printf('07700900%03d', n.n % 1000), 'UK Mobile', 'mobile', 'fm3', n.n * 100, 0, 0, 0, '', 'GBP',
    CASE WHEN :invoices THEN a.id END, NULL
FROM accounts a CROSS JOIN n ORDER BY a.id, n.n"""
_IDS = """
INSERT INTO call_ids (organisation_id, span, external_hash, account_id, started)
SELECT organisation_id, started >> 22, external_hash, account_id, started FROM calls
ORDER BY 1, 2, 3"""
