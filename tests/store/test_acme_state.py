import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

from store import acme_state
from store.acme_state import Account, PendingOrder
from store.hostname import Hostname

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DIRECTORY = "https://ca.example/directory"
BILLING, SHOP = Hostname("billing.acme.example"), Hostname("shop.acme.example")
ACCOUNT = Account(DIRECTORY, "https://ca.example/account/1", "ops@provider.example", b"sealed")
ORDER = PendingOrder(BILLING, DIRECTORY, "https://ca.example/order/1", b"sealed")


def test_account_is_kept_for_its_directory(db: sqlite3.Connection) -> None:
    acme_state.put_account(db, ACCOUNT, NOW)
    assert acme_state.account(db, DIRECTORY) == ACCOUNT
    assert acme_state.account(db, "https://other.example/directory") is None


def test_account_takes_the_place_of_the_one_that_the_ca_lost(db: sqlite3.Connection) -> None:
    acme_state.put_account(db, ACCOUNT, NOW)
    again = replace(
        ACCOUNT, url="https://ca.example/account/2", contact="new@provider.example", sealed_key=b"new"
    )
    acme_state.put_account(db, again, NOW)
    assert acme_state.account(db, DIRECTORY) == again


def test_order_is_kept_for_its_name(db: sqlite3.Connection) -> None:
    acme_state.put_pending_order(db, ORDER, NOW)
    assert acme_state.pending_order(db, BILLING) == ORDER
    assert acme_state.pending_order(db, SHOP) is None


def test_name_has_one_order_under_way(db: sqlite3.Connection) -> None:
    acme_state.put_pending_order(db, ORDER, NOW)
    again = PendingOrder(BILLING, "https://other.example/directory", "https://other.example/order/2", b"new")
    acme_state.put_pending_order(db, again, NOW)
    assert acme_state.pending_order(db, BILLING) == again


def test_order_that_ended_is_forgotten_alone(db: sqlite3.Connection) -> None:
    acme_state.put_pending_order(db, ORDER, NOW)
    acme_state.put_pending_order(db, replace(ORDER, hostname=SHOP), NOW)
    acme_state.forget_order(db, BILLING)
    assert acme_state.pending_order(db, BILLING) is None
    assert acme_state.pending_order(db, SHOP) is not None
