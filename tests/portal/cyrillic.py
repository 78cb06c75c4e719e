"""Cyrillic: an organisation and its customers with something of everything, none of it in Latin letters."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from store import account_edit_log, memberships, organisations, portals, staff, users
from store.account_edit_log import Change
from store.organisations import Details
from store.staff import Role as StaffRole
from store.users import Role
from tests import factories

REFERENCE = "100"
ADA, BEN, RITA = "ada@harbour.example", "ben@harbour.example", "rita@harbour.example"
DETAILS = Details(
    company_number="01234567",
    vat_number="123456789",
    address="Набережная 1\nБристоль",
    phone="0117 496 0000",
    email="care@meridian.example",
    payment_details="20-00-00\n12345678",
    opening_hours="9 – 17",
    complaints_url="https://meridian.example/c",
    adr_scheme="Омбудсмен",
    adr_url="https://ombudsman.example",
)
_PLACE: dict[str, Any] = {"name": "Гавань", "address1": "Причал 1", "town": "Бристоль", "postcode": "1 4"}
_CALL = {"destination": "Мобильный", "destination_group": "Мобильные", "cost_centre": "Лавка"}


def people(db: sqlite3.Connection) -> int:
    """An organisation with three users; its id is 1."""
    key = factories.organisation(db, name="Меридиан").id
    organisations.describe(db, key, DETAILS)
    portal = portals.find(db, key)
    assert portal
    changed: dict[str, Any] = {
        "allow_registration": True,
        "terms_url": "https://meridian.example/t",
        "privacy_url": "https://meridian.example/p",
        "contact_url": "https://meridian.example/k",
        "pay_url": "https://pay.example/{reference}",
    }
    portals.save(db, key, replace(portal.settings, **changed), factories.NOW)
    harbour = factories.account(db, key, REFERENCE, **_PLACE)
    factories.account(db, key, "200", **_PLACE | {"name": "Мельница"})
    ada = factories.user(db, key, ADA, REFERENCE)
    factories.user(db, key, ADA, "200")
    factories.user(db, key, BEN, "200")
    factories.user(db, key, RITA, REFERENCE, role=Role.READ)
    factories.account(db, key, "300", **_PLACE)
    third = db.execute("SELECT id FROM accounts WHERE reference = '300'").fetchone()["id"]
    memberships.offer(db, key, ada, third, Role.READ, factories.NOW)
    staff.add(db, "kim@meridian.example", "x", StaffRole.ADMIN, key, factories.NOW)
    users.invited(db, key, "new@harbour.example", "", factories.NOW)
    rows(db, key, harbour)
    return key


def rows(db: sqlite3.Connection, key: int, account: int) -> None:
    """Invoices of every state, payments of every state, calls of every type."""
    factories.mandate(db, key, account, "900", bank="Банк", is_default=1, signed_on="2026-01-02")
    states: tuple[tuple[str, dict[str, Any]], ...] = (
        ("1001", {"due_on": date(2026, 11, 10), "po_number": "77"}),
        ("1002", {"status": "partly_settled", "paid": 3000}),
        ("1003", {"status": "settled", "paid": 12_000}),
        ("1004", {"status": "void"}),
        ("1005", {"kind": "credit_note", "net": -1000, "tax": -200, "credits_number": "1003"}),
        ("1006", {"issued_on": date(2026, 10, 1), "net": 20_000, "tax": 4000}),
        ("1007", {"issued_on": date(2026, 9, 1), "net": 30_000, "tax": 6000}),
    )
    for place, (number, fields) in enumerate(states):
        invoice = factories.invoice(db, key, account, number, **fields)
        for position, kind in enumerate(("usage", "recurring", "one_off", "credit"), 1):
            factories.line(
                db,
                key,
                invoice,
                position,
                kind=kind,
                category="Звонки",
                description="Мобильные",
                net=10_000 + 100 * place,
                cli="0117 496 0001",
                cost_centre="Лавка",
            )
        codes = ("standard", "reduced", "zero", "exempt", "reverse_charge", "outside_scope")
        for code in codes:
            factories.tax(db, key, invoice, code=code, rate=20_000_000 if code == "standard" else 0)
        if number == "1003":
            factories.document(db, key, invoice, file_name="1003.pdf")
        if place in (0, 5, 6):
            month = 11 - (place - 4 if place else 0)
            calls(db, key, account, invoice, month)
    statuses = "pending_approval pending_submission submitted confirmed paid_out failed cancelled charged_back denied"
    for count, status in enumerate(statuses.split(), 1):
        payment = factories.payment(
            db,
            key,
            account,
            f"50{count}",
            method="Счёт",
            status=status,
            failure="Нет денег" if status in ("failed", "charged_back", "denied") else "",
            collected_on=date(2026, 12, 1) if status == "submitted" else None,
            invoice_number="1002",
        )
        if status == "paid_out":
            paid = db.execute("SELECT id FROM invoices WHERE number = '1003'").fetchone()["id"]
            factories.allocation(db, key, payment, paid, 6000)
    for field, value, previous, actor in (
        ("town", "Бристоль", "Бат", "user:1"),
        ("phone", "020 7946 0000", "", "user:2"),
        ("county", "", "Сомерсет", "staff:1"),
        ("postcode", "1 4", "1 5", "user:99"),
    ):
        change = Change(account, field, value, previous, actor)
        account_edit_log.add(db, key, change, factories.NOW)


def calls(db: sqlite3.Connection, key: int, account: int, invoice: int | None, month: int) -> None:
    """Calls of a month, of every type, one not yet invoiced."""
    types: tuple[tuple[str, dict[str, Any]], ...] = (
        ("voice", {}),
        ("sms", {"seconds": 0}),
        ("mms", {"seconds": 0}),
        ("data", {"data_bytes": 5_000_000}),
    )
    for number, (kind, fields) in enumerate(types):
        given: dict[str, Any] = _CALL | fields
        factories.call(
            db,
            key,
            account,
            datetime(2026, month, 20, 9, number, tzinfo=UTC) - timedelta(days=number),
            external_id=f"{month}-{number}",
            type=kind,
            direction="inbound" if number == 1 else "outbound",
            in_bundle=number == 2,
            invoice_id=invoice if number < 3 else None,
            line_position=1 if number < 3 else None,
            **given,
        )


def invited(db: sqlite3.Connection) -> int:
    """The id of somebody who was invited."""
    return int(db.execute("SELECT id FROM users WHERE email = 'new@harbour.example'").fetchone()["id"])
