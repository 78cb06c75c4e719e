"""Factories: one function a record; each puts it into the store as an import would, in a published batch.

Only what a test speaks of is given; the rest has a default that fits.
"""

import hashlib
import sqlite3
from datetime import UTC, date, datetime

from portal.passwords import Passwords
from store import organisations, portals, removal, users
from store.instants import to_ms
from store.organisations import Organisation
from store.users import Added, Role

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
QUICK = Passwords(time_cost=1, memory_kib=8)
"""Argon2 with the least it allows, for tests that are not about it."""
PASSWORD_HASH = QUICK.hash_now(PASSWORD)


def organisation(
    db: sqlite3.Connection,
    slug: str = "meridian",
    name: str = "Meridian Telecom",
    *,
    enabled: bool = True,
    colour: str = "#0B6E4F",
) -> Organisation:
    """An organisation whose portal is open."""
    added = organisations.add(db, slug, name, NOW)
    portals.set_enabled(db, added.id, enabled, NOW)
    portals.set_theme_colour(db, added.id, colour, NOW)
    return added


def removed_organisation(db: sqlite3.Connection, organisation_id: int) -> None:
    """An organisation and all it owned, gone."""
    removal.begin(db, organisation_id, NOW)
    while removal.go_on(db, organisation_id):
        pass


def batch(
    db: sqlite3.Connection, organisation_id: int, *, state: str = "published", kind: str = "invoices"
) -> int:
    """An import; the rows of a draft are not visible."""
    return _insert(
        db,
        "batches",
        organisation_id=organisation_id,
        kind=kind,
        file_name="test.csv",
        state=state,
        created_at=to_ms(NOW),
        published_at=to_ms(NOW) if state == "published" else None,
    )


def account(
    db: sqlite3.Connection,
    organisation_id: int,
    reference: str = "A100",
    *,
    batch_id: int | None = None,
    **fields: str,
) -> int:
    """A customer."""
    account_id = _insert(db, "accounts", organisation_id=organisation_id, reference=reference)
    values = {
        "name": "Harbour Coffee Ltd",
        "email": "accounts@harbour.example",
        "phone": "020 7946 0000",
        "address1": "1 Quay Street",
        "town": "Bristol",
        "postcode": "BS1 4RW",
    }
    _insert(
        db,
        "account_revisions",
        organisation_id=organisation_id,
        account_id=account_id,
        batch_id=batch_id or batch(db, organisation_id),
        **(values | fields),
    )
    return account_id


def user(
    db: sqlite3.Connection,
    organisation_id: int,
    email: str = "ada@harbour.example",
    reference: str = "A100",
    *,
    role: Role = Role.FULL,
) -> int:
    """A customer's sign-in with `PASSWORD`; again with another reference: one more account."""
    added = users.add(db, organisation_id, email, PASSWORD_HASH, reference, NOW, role=role)
    assert isinstance(added, Added)
    return added.user_id


def mandate(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    external_id: str = "MD-1",
    *,
    status: str = "active",
    scheme: str = "bacs",
    bank: str = "Barclays",
    account_ending: str = "4021",
    is_default: int = 0,
    collection_day: int | None = None,
    signed_on: str | None = None,
    batch_id: int | None = None,
) -> int:
    """A customer's Direct Debit."""
    mandate_id = _insert(
        db, "mandates", organisation_id=organisation_id, account_id=account_id, external_id=external_id
    )
    _insert(
        db,
        "mandate_revisions",
        organisation_id=organisation_id,
        mandate_id=mandate_id,
        account_id=account_id,
        batch_id=batch_id or batch(db, organisation_id),
        scheme=scheme,
        bank=bank,
        account_ending=account_ending,
        status=status,
        is_default=is_default,
        collection_day=collection_day,
        signed_on=signed_on,
    )
    return mandate_id


def invoice(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    number: str = "INV-1001",
    *,
    issued_on: date = date(2026, 11, 1),
    due_on: date | None = date(2026, 12, 1),
    kind: str = "invoice",
    status: str = "outstanding",
    net: int = 10_000,
    tax: int = 2_000,
    paid: int = 0,
    currency: str = "GBP",
    po_number: str = "",
    credits_number: str = "",
    batch_id: int | None = None,
) -> int:
    """An invoice or a credit note; its public id is `public(organisation_id, number)`."""
    invoice_id = _insert(
        db,
        "invoices",
        organisation_id=organisation_id,
        public_id=public(organisation_id, number),
        account_id=account_id,
        number=number,
    )
    _insert(
        db,
        "invoice_revisions",
        organisation_id=organisation_id,
        invoice_id=invoice_id,
        account_id=account_id,
        batch_id=batch_id or batch(db, organisation_id),
        kind=kind,
        issued_on=issued_on.isoformat(),
        due_on=due_on.isoformat() if due_on else None,
        period_from=issued_on.replace(day=1).isoformat(),
        period_to=issued_on.isoformat(),
        status=status,
        net=net,
        tax=tax,
        gross=net + tax,
        paid=paid,
        due_amount=net + tax - paid,
        currency=currency,
        po_number=po_number,
        credits_number=credits_number,
    )
    return invoice_id


def line(
    db: sqlite3.Connection,
    organisation_id: int,
    invoice_id: int,
    position: int = 1,
    *,
    kind: str = "usage",
    category: str = "Calls",
    description: str = "Calls to UK mobiles",
    net: int = 10_000,
    batch_id: int | None = None,
    **fields: object,
) -> None:
    """A line of an invoice, at 20 % VAT."""
    values: dict[str, object] = {
        "quantity": 1_000_000,
        "unit_price": net * 10_000,
        "cli": "",
        "cost_centre": "",
    }
    _insert(
        db,
        "invoice_lines",
        organisation_id=organisation_id,
        invoice_id=invoice_id,
        position=position,
        batch_id=batch_id or batch(db, organisation_id),
        kind=kind,
        category=category,
        description=description,
        net=net,
        tax_code="standard",
        tax_rate=20_000_000,
        tax=net // 5,
        **(values | fields),
    )


def tax(
    db: sqlite3.Connection,
    organisation_id: int,
    invoice_id: int,
    *,
    code: str = "standard",
    rate: int = 20_000_000,
    net: int = 10_000,
    amount: int = 2_000,
    batch_id: int | None = None,
) -> None:
    """The VAT of an invoice at one rate."""
    _insert(
        db,
        "invoice_taxes",
        organisation_id=organisation_id,
        invoice_id=invoice_id,
        batch_id=batch_id or batch(db, organisation_id),
        tax_code=code,
        tax_rate=rate,
        net=net,
        tax=amount,
    )


def payment(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    external_id: str = "PAY-1",
    *,
    paid_on: date = date(2026, 11, 10),
    method: str = "Direct Debit",
    status: str = "paid_out",
    amount: int = 12_000,
    currency: str = "GBP",
    invoice_number: str = "",
    collected_on: date | None = None,
    failure: str = "",
    batch_id: int | None = None,
) -> int:
    """A payment; its public id is `public(organisation_id, external_id)`."""
    payment_id = _insert(
        db,
        "payments",
        organisation_id=organisation_id,
        public_id=public(organisation_id, external_id),
        account_id=account_id,
        external_id=external_id,
    )
    _insert(
        db,
        "payment_revisions",
        organisation_id=organisation_id,
        payment_id=payment_id,
        account_id=account_id,
        batch_id=batch_id or batch(db, organisation_id),
        paid_on=paid_on.isoformat(),
        method=method,
        status=status,
        amount=amount,
        currency=currency,
        invoice_number=invoice_number,
        collected_on=collected_on.isoformat() if collected_on else None,
        failure=failure,
    )
    return payment_id


def allocation(
    db: sqlite3.Connection,
    organisation_id: int,
    payment_id: int,
    invoice_id: int,
    amount: int = 12_000,
    *,
    batch_id: int | None = None,
) -> None:
    """The part of a payment that settles an invoice."""
    _insert(
        db,
        "allocations",
        organisation_id=organisation_id,
        payment_id=payment_id,
        invoice_id=invoice_id,
        batch_id=batch_id or batch(db, organisation_id),
        amount=amount,
    )


def call(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    started: datetime = datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    *,
    external_id: str = "C1",
    price: int = 123_400,
    seconds: int = 221,
    batch_id: int | None = None,
    **fields: object,
) -> None:
    """A call to a UK mobile, three minutes and 41 seconds, £0.1234."""
    values: dict[str, object] = {
        "cli": "02079460000",
        "direction": "outbound",
        "type": "voice",
        "data_bytes": 0,
        "number": "07700900123",
        "destination": "UK Mobile",
        "destination_group": "Mobile",
        "charge_band": "",
        "access_charge": 0,
        "service_charge": 0,
        "in_bundle": 0,
        "cost_centre": "",
        "currency": "GBP",
        "invoice_id": None,
        "line_position": None,
    }
    _insert(
        db,
        "calls",
        organisation_id=organisation_id,
        account_id=account_id,
        started=to_ms(started) // 1000,
        external_hash=_hash(external_id),
        batch_id=batch_id or batch(db, organisation_id, kind="calls"),
        external_id=external_id,
        duration_seconds=seconds,
        billed_seconds=seconds,
        net_price=price,
        **(values | fields),
    )


def document(
    db: sqlite3.Connection,
    organisation_id: int,
    invoice_id: int,
    content: bytes = b"%PDF-1.7 a letter",
    *,
    file_name: str = "INV-1001.pdf",
    piece_size: int = 65_536,
    batch_id: int | None = None,
) -> str:
    """The PDF of an invoice in pieces; its SHA-256 in hex."""
    digest = hashlib.sha256(content)
    _insert(
        db,
        "documents",
        organisation_id=organisation_id,
        invoice_id=invoice_id,
        batch_id=batch_id or batch(db, organisation_id),
        sha256=digest.digest(),
        size=len(content),
        file_name=file_name,
    )
    for position, start in enumerate(range(0, len(content), piece_size)):
        _insert(
            db,
            "document_pieces",
            organisation_id=organisation_id,
            sha256=digest.digest(),
            position=position,
            bytes=content[start : start + piece_size],
        )
    return digest.hexdigest()


def public(organisation_id: int, name: str) -> str:
    """The public id that these factories give an invoice or a payment."""
    return hashlib.sha256(f"{organisation_id}/{name}".encode()).hexdigest()[:16]


def _insert(db: sqlite3.Connection, table: str, **values: object) -> int:
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    cursor = db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
    return cursor.lastrowid or 0


def _hash(external_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(external_id.encode(), digest_size=8).digest()) >> 1


def busy_month(db: sqlite3.Connection, organisation_id: int, account_id: int) -> None:
    """60 invoices and payments and 400 calls of November 2026, so that every list is longer than a page."""
    one = batch(db, organisation_id)
    for number in range(60):
        day = date(2026 - number // 12, 12 - number % 12, 1)
        invoice(db, organisation_id, account_id, f"B-{number}", issued_on=day, batch_id=one)
        payment(db, organisation_id, account_id, f"BP-{number}", paid_on=day, batch_id=one)
    billed = invoice(db, organisation_id, account_id, "B-CALLS", batch_id=one)
    line(db, organisation_id, billed, 1, batch_id=one)
    for number in range(400):
        started = datetime(2026, 11, number % 21 + 1, number % 24, number % 60, tzinfo=UTC)
        call(
            db,
            organisation_id,
            account_id,
            started,
            external_id=f"B-{number}",
            cli=f"020794600{number % 12:02}",
            destination=f"Destination {number % 15}",
            invoice_id=billed,
            line_position=1,
            batch_id=one,
        )
