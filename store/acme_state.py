"""Our standing with the CA: accounts, and orders under way that a crash must not lose."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.hostname import Hostname
from store.instants import to_ms


@dataclass(frozen=True, slots=True)
class Account:
    """An account at one CA; its key is sealed for the directory URL."""

    directory: str
    url: str
    contact: str
    sealed_key: bytes


@dataclass(frozen=True, slots=True)
class PendingOrder:
    """An order that was made but whose certificate is not stored yet; its key is sealed for hostname and URL."""

    hostname: Hostname
    directory: str
    url: str
    sealed_key: bytes


def account(db: sqlite3.Connection, directory: str) -> Account | None:
    """Our account at this CA."""
    row = db.execute(
        "SELECT directory, url, contact, sealed_key FROM acme_accounts WHERE directory = :directory",
        {"directory": directory},
    ).fetchone()
    return Account(*row) if row else None


def put_account(db: sqlite3.Connection, account: Account, now: datetime) -> None:
    """Keep an account, in place of the one that the CA lost."""
    db.execute(
        "INSERT INTO acme_accounts (directory, url, contact, sealed_key, created_at)"
        " VALUES (:directory, :url, :contact, :sealed_key, :now) ON CONFLICT (directory) DO UPDATE SET"
        " url = :url, contact = :contact, sealed_key = :sealed_key, created_at = :now",
        {
            "directory": account.directory,
            "url": account.url,
            "contact": account.contact,
            "sealed_key": account.sealed_key,
            "now": to_ms(now),
        },
    )


def pending_order(db: sqlite3.Connection, hostname: Hostname) -> PendingOrder | None:
    """The order under way for this name."""
    row = db.execute(
        "SELECT hostname, directory, url, sealed_key FROM acme_orders WHERE hostname = :hostname",
        {"hostname": hostname},
    ).fetchone()
    return PendingOrder(*row) if row else None


def put_pending_order(db: sqlite3.Connection, order: PendingOrder, now: datetime) -> None:
    """Keep an order's URL and sealed key, before it is finalised."""
    db.execute(
        "INSERT INTO acme_orders (hostname, directory, url, sealed_key, created_at)"
        " VALUES (:hostname, :directory, :url, :sealed_key, :now) ON CONFLICT (hostname) DO UPDATE SET"
        " directory = :directory, url = :url, sealed_key = :sealed_key, created_at = :now",
        {
            "hostname": order.hostname,
            "directory": order.directory,
            "url": order.url,
            "sealed_key": order.sealed_key,
            "now": to_ms(now),
        },
    )


def forget_order(db: sqlite3.Connection, hostname: Hostname) -> None:
    """Drop the order of a name once it has ended."""
    db.execute("DELETE FROM acme_orders WHERE hostname = :hostname", {"hostname": hostname})
