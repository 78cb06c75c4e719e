import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import acme_state, certificates, challenges, issuance, leases
from store.acme_state import PendingOrder
from store.certificates import Certificate
from store.database import Store, transact
from store.hostname import Hostname
from store.issuance import Attempt, CertificateState, Failure, LeaseLost, Standing
from store.leases import Lease
from store.phases import Phase

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RENEW_AT = NOW + timedelta(days=60)
RETRY_AT = NOW + timedelta(minutes=2)
BILLING, SHOP = Hostname("billing.acme.example"), Hostname("shop.acme.example")
CERTIFICATE = Certificate(BILLING, "01", "chain", b"sealed", "local", NOW, NOW + timedelta(days=90))
FAILURE = Failure("dns", "SERVFAIL from ns1", "fingerprint", RETRY_AT)
TRACE = (Phase("dns", 0.0, 1.5), Phase("order", 1.5, 20.0))
ISSUED = Attempt(BILLING, "handshake", "issued", "", TRACE, NOW, NOW + timedelta(seconds=1))
FAILED = Attempt(BILLING, "renewal", "dns", "SERVFAIL from ns1", (), NOW, NOW)
TABLES = ("certificates", "issuance", "issuance_history", "acme_orders", "challenges", "leases")


def taken(db: sqlite3.Connection, hostname: Hostname = BILLING) -> Lease:
    """A lease on a name whose last holder is gone."""
    lease = leases.take(db, issuance.lease_name(hostname), "gone", NOW, NOW + timedelta(minutes=5))
    assert isinstance(lease, Lease)
    return lease


def succeed(db: sqlite3.Connection, lease: Lease) -> None:
    issuance.succeed(db, lease, CERTIFICATE, RENEW_AT, ISSUED)


def fail(db: sqlite3.Connection, lease: Lease) -> None:
    issuance.fail(db, lease, FAILURE, FAILED)


def order(db: sqlite3.Connection) -> None:
    acme_state.put_pending_order(db, PendingOrder(BILLING, "directory", "url", b"sealed"), NOW)
    challenges.put(db, BILLING, "http-01", "token", "answer", NOW + timedelta(hours=1))


def everything(db: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    return [[tuple(row) for row in db.execute(f"SELECT * FROM {table}")] for table in TABLES]


def test_nothing_is_known_of_a_new_name(db: sqlite3.Connection) -> None:
    assert issuance.standing(db, BILLING) == Standing()
    assert issuance.history(db, BILLING) == []


def test_first_order_is_shown_as_ordered(db: sqlite3.Connection) -> None:
    issuance.begin(db, taken(db), BILLING)
    assert issuance.standing(db, BILLING).state is CertificateState.ORDERED


def test_order_is_shown_as_renewing_where_a_certificate_stands(db: sqlite3.Connection) -> None:
    succeed(db, taken(db))
    issuance.begin(db, taken(db), BILLING)
    assert issuance.standing(db, BILLING).state is CertificateState.RENEWING


def test_order_is_shown_as_renewing_after_a_renewal_failed(db: sqlite3.Connection) -> None:
    succeed(db, taken(db))
    fail(db, taken(db))
    issuance.begin(db, taken(db), BILLING)
    assert issuance.standing(db, BILLING).state is CertificateState.RENEWING


def test_success_keeps_certificate_renewal_and_history_and_gives_the_lease_back(
    db: sqlite3.Connection,
) -> None:
    lease = taken(db)
    order(db)
    succeed(db, lease)
    assert certificates.standing(db, BILLING, NOW) == CERTIFICATE
    assert issuance.standing(db, BILLING) == Standing(CertificateState.ISSUED, next_action_at=RENEW_AT)
    assert issuance.history(db, BILLING) == [ISSUED]
    assert not leases.stands(db, lease)


@pytest.mark.parametrize("end", [succeed, fail])
def test_order_and_answers_are_gone_when_an_issuance_ends(
    db: sqlite3.Connection, end: Callable[[sqlite3.Connection, Lease], None]
) -> None:
    order(db)
    end(db, taken(db))
    assert acme_state.pending_order(db, BILLING) is None
    assert challenges.http_answer(db, BILLING, "token", NOW) is None


def test_failure_keeps_cause_and_words_and_gives_the_lease_back(db: sqlite3.Connection) -> None:
    lease = taken(db)
    fail(db, lease)
    assert issuance.standing(db, BILLING) == Standing(
        CertificateState.FAILED, 1, "dns", "SERVFAIL from ns1", "fingerprint", RETRY_AT
    )
    assert issuance.history(db, BILLING) == [FAILED]
    assert not leases.stands(db, lease)


def test_failures_are_counted_until_a_success(db: sqlite3.Connection) -> None:
    for _ in range(3):
        fail(db, taken(db))
    assert issuance.standing(db, BILLING).failures == 3
    succeed(db, taken(db))
    standing = issuance.standing(db, BILLING)
    assert (standing.failures, standing.cause, standing.detail, standing.retry_at) == (0, "", "", None)


def test_first_failure_sets_no_timer_but_a_failed_renewal_comes_again(db: sqlite3.Connection) -> None:
    fail(db, taken(db))
    assert issuance.next_due(db) is None
    succeed(db, taken(db))
    fail(db, taken(db))
    assert issuance.next_due(db) == RETRY_AT


@pytest.mark.parametrize("end", [succeed, fail])
def test_nothing_is_written_when_the_lease_was_lost(
    db: sqlite3.Connection, end: Callable[[sqlite3.Connection, Lease], None]
) -> None:
    lost = taken(db)
    order(db)
    taken(db)
    before = everything(db)
    with pytest.raises(LeaseLost, match=BILLING):
        end(db, lost)
    with pytest.raises(LeaseLost):
        issuance.begin(db, lost, BILLING)
    assert everything(db) == before


@pytest.mark.parametrize(
    ("end", "table"), [(succeed, table) for table in TABLES] + [(fail, table) for table in TABLES[1:]]
)
def test_nothing_is_half_written_when_a_statement_fails(
    db: sqlite3.Connection, end: Callable[[sqlite3.Connection, Lease], None], table: str
) -> None:
    lease = taken(db)
    order(db)
    for event in ("INSERT", "UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER no_{event} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    before = everything(db)
    with pytest.raises(sqlite3.IntegrityError, match="no"):
        transact(db, lambda: end(db, lease))
    assert everything(db) == before


async def test_late_result_leaves_the_store_as_the_next_holder_left_it(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")
    late = await store.write(taken)
    await store.write(succeed, await store.write(taken))
    before = await store.read(everything)
    with pytest.raises(LeaseLost):
        await store.write(fail, late)
    assert await store.read(everything) == before
    await store.close()


def test_names_are_due_the_longest_overdue_first(db: sqlite3.Connection) -> None:
    for minutes, hostname in (
        (3, BILLING),
        (1, SHOP),
        (2, Hostname("a.example")),
        (90, Hostname("b.example")),
    ):
        issuance.begin(db, taken(db, hostname), hostname)
        issuance.postpone(db, hostname, NOW + timedelta(minutes=minutes))
    assert issuance.due(db, NOW + timedelta(minutes=3), 10) == [SHOP, "a.example", BILLING]
    assert issuance.due(db, NOW + timedelta(minutes=3), 1) == [SHOP]
    assert issuance.next_due(db) == NOW + timedelta(minutes=1)


def test_name_is_never_due_once_it_is_postponed_for_good(db: sqlite3.Connection) -> None:
    succeed(db, taken(db))
    issuance.postpone(db, BILLING, None)
    assert issuance.due(db, NOW + timedelta(days=900), 10) == []
    assert issuance.next_due(db) is None


def test_history_shows_the_last_attempts_newest_first(db: sqlite3.Connection) -> None:
    fail(db, taken(db))
    succeed(db, taken(db))
    assert issuance.history(db, BILLING) == [ISSUED, FAILED]
    assert issuance.history(db, BILLING, limit=1) == [ISSUED]
    assert issuance.history(db, SHOP) == []


def test_forgotten_name_keeps_its_history_alone(db: sqlite3.Connection) -> None:
    succeed(db, taken(db))
    lease = taken(db)
    order(db)
    issuance.forget(db, BILLING)
    assert [len(rows) for rows in everything(db)[:5]] == [0, 0, 1, 0, 0]
    with pytest.raises(LeaseLost):
        succeed(db, lease)


def test_what_comes_after_the_commit_is_added_to_the_last_attempt(db: sqlite3.Connection) -> None:
    issuance.fail(db, taken(db), FAILURE, FAILED)
    issuance.succeed(db, taken(db), CERTIFICATE, RENEW_AT, ISSUED)
    whole = (*TRACE, Phase("load", 21.5, 3.0))
    issuance.complete_trace(db, BILLING, whole)
    issuance.complete_trace(db, SHOP, whole)
    assert [attempt.trace for attempt in issuance.history(db, BILLING)] == [whole, ()]
