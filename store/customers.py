"""Customers as an admin sees them: with their people, searched, filtered, sorted, a page at a time."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store.instants import maybe_instant
from store.users import Role, Status


class Show(StrEnum):
    """What the list is narrowed to."""

    ALL = ""
    NO_USER = "none"
    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    WAITING = "waiting"
    """For an admin: a registration, or a change of details."""


class Sort(StrEnum):
    """What the list is ordered by."""

    NAME = "name"
    REFERENCE = "reference"
    SEEN = "seen"
    """Who was here last, first."""


@dataclass(frozen=True, slots=True)
class Search:
    """What an admin looks for."""

    text: str = ""
    show: Show = Show.ALL
    sort: Sort = Sort.NAME


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in for a customer; `offered`: they have not agreed to this customer yet."""

    user_id: int
    email: str
    name: str
    status: Status
    role: Role
    seen_at: datetime | None
    offered: bool


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer in the list; `email` is the one that stands, theirs above the imported."""

    account_id: int
    reference: str
    name: str
    email: str
    people: tuple[Person, ...]

    @property
    def seen_at(self) -> datetime | None:
        """When any of their people was here last."""
        return max((person.seen_at for person in self.people if person.seen_at), default=None)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: the customer after whom it goes on."""

    key: str
    account_id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some customers, and where the next page begins; None: these were the last."""

    customers: list[Customer]
    then: Place | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many customers there are, how many of them have somebody who signs in."""

    customers: int
    with_users: int


def page(
    db: sqlite3.Connection, organisation_id: int, search: Search, after: Place | None, limit: int
) -> Page:
    """The customers that fit, in order, from a place on."""
    order = _ORDERS[search.sort]
    key, account_id = (_key(search.sort, after.key), after.account_id) if after else (order.first, -1)
    rows = db.execute(
        f"SELECT v.account_id, v.reference, v.name, {EMAIL} AS email, {order.key} AS key"
        f" FROM visible_accounts v {order.joined} WHERE v.organisation_id = :organisation_id"
        f"{condition(search)} AND ({order.key}, v.account_id) > (:after_key, :after_id)"
        f" ORDER BY {order.key}, v.account_id LIMIT :limit",
        values(organisation_id, search) | {"after_key": key, "after_id": account_id, "limit": limit + 1},
    ).fetchall()
    shown = rows[:limit]
    people = people_of(db, organisation_id, [row["account_id"] for row in shown])
    customers = [_customer(row, people) for row in shown]
    then = Place(str(shown[-1]["key"]), shown[-1]["account_id"]) if len(rows) > limit else None
    return Page(customers, then)


def count(db: sqlite3.Connection, organisation_id: int, search: Search) -> int:
    """How many customers fit."""
    row = db.execute(
        "SELECT count(*) AS n FROM visible_accounts v WHERE v.organisation_id = :organisation_id"
        + condition(search),
        values(organisation_id, search),
    ).fetchone()
    return int(row["n"])


def find(db: sqlite3.Connection, organisation_id: int, account_id: int) -> Customer | None:
    """A customer of this organisation with their people."""
    row = db.execute(
        f"SELECT v.account_id, v.reference, v.name, {EMAIL} AS email FROM visible_accounts v"
        " WHERE v.organisation_id = :organisation_id AND v.account_id = :account_id",
        {"organisation_id": organisation_id, "account_id": account_id},
    ).fetchone()
    return _customer(row, people_of(db, organisation_id, [account_id])) if row else None


def numbers(db: sqlite3.Connection, organisation_id: int) -> Numbers:
    """For an overview."""
    row = db.execute(
        "SELECT (SELECT count(*) FROM visible_accounts WHERE organisation_id = :organisation_id) AS customers,"
        " (SELECT count(DISTINCT m.account_id) FROM memberships m JOIN visible_accounts v"
        " ON v.organisation_id = m.organisation_id AND v.account_id = m.account_id"
        " WHERE m.organisation_id = :organisation_id) AS with_users",
        {"organisation_id": organisation_id},
    ).fetchone()
    return Numbers(row["customers"], row["with_users"])


def people_of(
    db: sqlite3.Connection, organisation_id: int, account_ids: Sequence[int]
) -> dict[int, list[Person]]:
    """By customer: who signs in for them, and who was asked to."""
    found: dict[int, list[Person]] = {account_id: [] for account_id in account_ids}
    rows = db.execute(
        "SELECT p.account_id, p.role, p.offered, u.id, u.email, u.name, u.status, u.seen_at FROM ("
        " SELECT organisation_id, user_id, account_id, role, 0 AS offered FROM memberships"
        " WHERE organisation_id = :organisation_id AND account_id IN (SELECT value FROM json_each(:accounts))"
        " UNION ALL"
        " SELECT organisation_id, user_id, account_id, role, 1 FROM membership_offers"
        " WHERE organisation_id = :organisation_id AND account_id IN (SELECT value FROM json_each(:accounts))"
        ") p JOIN users u ON u.organisation_id = p.organisation_id AND u.id = p.user_id ORDER BY u.email",
        {"organisation_id": organisation_id, "accounts": json.dumps(list(account_ids))},
    )
    for row in rows:
        found[row["account_id"]].append(_person(row))
    return found


EMAIL = (
    "coalesce((SELECT e.value FROM live_account_edits e WHERE e.organisation_id = v.organisation_id"
    " AND e.account_id = v.account_id AND e.field = 'email'), v.email)"
)
"""The address of a customer `v` as it stands."""


def condition(search: Search) -> str:
    """What a search asks of a visible account `v`, as SQL that begins with AND; `values` has its values."""
    return (_TEXT if search.text else "") + _SHOWN[search.show]


def values(organisation_id: int, search: Search) -> dict[str, object]:
    """What `condition` refers to."""
    text = search.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {"organisation_id": organisation_id, "part": f"%{text}%", "start": f"{text}%"}


@dataclass(frozen=True, slots=True)
class _Order:
    key: str
    first: str | int
    """What no key comes before."""
    joined: str = ""


_LONG_FROM_NOW = -(2**62)
_ORDERS = {
    Sort.NAME: _Order("v.name COLLATE NOCASE", ""),
    Sort.REFERENCE: _Order("v.reference", ""),
    Sort.SEEN: _Order(
        "-coalesce(s.seen_at, 0)",
        _LONG_FROM_NOW,
        "LEFT JOIN (SELECT m.account_id, max(u.seen_at) AS seen_at FROM memberships m"
        " JOIN users u ON u.organisation_id = m.organisation_id AND u.id = m.user_id"
        " WHERE m.organisation_id = :organisation_id GROUP BY m.account_id) s ON s.account_id = v.account_id",
    ),
}
_TEXT = (
    " AND (v.reference LIKE :start ESCAPE '\\' OR v.name LIKE :part ESCAPE '\\' OR v.email LIKE :part ESCAPE '\\'"
    " OR v.account_id IN (SELECT e.account_id FROM live_account_edits e"
    " WHERE e.organisation_id = :organisation_id AND e.field = 'email' AND e.value LIKE :part ESCAPE '\\')"
    " OR v.account_id IN (SELECT m.account_id FROM users u JOIN memberships m"
    " ON m.organisation_id = u.organisation_id AND m.user_id = u.id WHERE u.organisation_id = :organisation_id"
    " AND (u.email LIKE :part ESCAPE '\\' OR u.name LIKE :part ESCAPE '\\')))"
)
_OF_STATUS = (
    " AND v.account_id IN (SELECT m.account_id FROM users u JOIN memberships m"
    " ON m.organisation_id = u.organisation_id AND m.user_id = u.id"
    " WHERE u.organisation_id = :organisation_id AND u.status = '{}')"
)
_SHOWN: Mapping[Show, str] = {
    Show.ALL: "",
    Show.NO_USER: " AND NOT EXISTS (SELECT 1 FROM memberships m"
    " WHERE m.organisation_id = v.organisation_id AND m.account_id = v.account_id)",
    Show.INVITED: _OF_STATUS.format("invited"),
    Show.ACTIVE: _OF_STATUS.format("active"),
    Show.SUSPENDED: _OF_STATUS.format("suspended"),
    Show.WAITING: " AND v.account_id IN (SELECT account_id FROM registrations"
    " WHERE organisation_id = :organisation_id AND state = 'waiting' UNION SELECT account_id FROM change_requests"
    " WHERE organisation_id = :organisation_id AND state = 'waiting')",
}


def _key(sort: Sort, text: str) -> str | int:
    """The key of a place as the query compares it; what an address makes up is as good as the beginning."""
    if sort is not Sort.SEEN:
        return text
    try:
        return max(_LONG_FROM_NOW, min(0, int(text)))
    except ValueError:
        return _LONG_FROM_NOW


def _customer(row: sqlite3.Row, people: Mapping[int, list[Person]]) -> Customer:
    return Customer(
        account_id=row["account_id"],
        reference=row["reference"],
        name=row["name"],
        email=row["email"],
        people=tuple(people[row["account_id"]]),
    )


def _person(row: sqlite3.Row) -> Person:
    return Person(
        user_id=row["id"],
        email=row["email"],
        name=row["name"],
        status=Status(row["status"]),
        role=Role(row["role"]),
        seen_at=maybe_instant(row["seen_at"]),
        offered=bool(row["offered"]),
    )
