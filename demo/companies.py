"""Companies: the made-up organisations brought into the store the way an operator does it, once."""

import asyncio
import json
import logging
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from demo import data
from demo.configuration import ADMIN_HOST, CNAME_TARGET
from demo.data import Company
from demo.folder import remove_store, write_whole
from portal.passwords import Passwords
from store import domains, organisations, portals, staff, users
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.importing import documents
from store.importing.run import Task, import_csv
from store.instants import Clock
from store.portals import Settings

KINDS = (
    "customers",
    "mandates",
    "invoices",
    "invoice_lines",
    "payments",
    "allocations",
    "calls",
    "documents",
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who can sign in where: the admin console, or an organisation's portal."""

    where: str
    who: str
    email: str
    password: str


async def set_up(
    path: Path, clock: Clock, make: Callable[[Path, date], list[Company]] = data.write
) -> list[SignIn]:
    """Fill a new store at `path`; what was set up before stays as it is. Gives everybody's sign-ins.

    The file of sign-ins is written last: without it a set-up was not finished, and all begins afresh.
    """
    kept = signins_file(path)
    if is_set_up(path):
        return [SignIn(**each) for each in json.loads(kept.read_text("utf-8"))]
    remove_store(path)
    kept.unlink(missing_ok=True)
    files = path.with_name("data")
    shutil.rmtree(files, ignore_errors=True)
    companies = await asyncio.to_thread(make, files, clock().date())
    store = await Store.open(path)
    passwords = Passwords()
    try:
        with _quiet_imports():
            signins = await _set_up(store, path, companies, passwords, clock)
    finally:
        passwords.close()
        await store.close()
    write_whole(kept, json.dumps([asdict(each) for each in signins], indent=1), 0o600)
    return signins


def signins_file(store: Path) -> Path:
    """Where everybody's passwords are kept, for each store its own."""
    return store.with_name(f"sign-ins-{store.stem}.json")


def is_set_up(store: Path) -> bool:
    """Whether a set-up of this store came to its end."""
    return store.exists() and signins_file(store).exists()


@contextmanager
def _quiet_imports() -> Iterator[None]:
    """An import logs its steps; sixteen of them would bury what the demo has to say."""
    importing = logging.getLogger("store.importing")
    before = importing.level
    importing.setLevel(logging.WARNING)
    try:
        yield
    finally:
        importing.setLevel(before)


async def _set_up(
    store: Store, path: Path, companies: Sequence[Company], passwords: Passwords, clock: Clock
) -> list[SignIn]:
    signins = [_signin(ADMIN_HOST, "the operator", "operator@provider.example")]
    for company in companies:
        await store.write(_organisation, company, clock)
        for kind in KINDS:
            await asyncio.to_thread(_import, path, company, kind, clock)
        signins.append(_signin(ADMIN_HOST, f"an admin of {company.name}", company.admin_email))
        signins += [
            _signin(company.domain if company.live else "", f"a customer of {company.name}", email)
            for email, _ in company.users
        ]
    accounts = {email: (company, reference) for company in companies for email, reference in company.users}
    for signin in signins:
        password_hash = await passwords.hash(signin.password)
        if signin.email in accounts:
            company, reference = accounts[signin.email]
            await store.write(_user, company.slug, signin.email, password_hash, reference, clock)
        else:
            slug = next((c.slug for c in companies if c.admin_email == signin.email), None)
            await store.write(_staff, slug, signin.email, password_hash, clock)
    return signins


def _organisation(db: sqlite3.Connection, company: Company, clock: Clock) -> None:
    now = clock()
    added = organisations.add(db, company.slug, company.name, now)
    organisations.describe(db, added.id, company.details)
    portals.save(db, added.id, Settings(theme_colour=company.theme_colour, pay_url=company.pay_url), now)
    if company.live:
        portals.set_enabled(db, added.id, True, now)
        destination = Destination(
            hostname=Hostname(company.domain),
            room=Room.PORTAL,
            organisation_id=added.id,
            suspended=False,
            upstreams=(),
            confirmation=Confirmation.CNAME,
            cname_target=Hostname(CNAME_TARGET),
        )
        domains.add(db, destination, now)


def _import(store: Path, company: Company, kind: str, clock: Clock) -> None:
    bring = documents.import_documents if kind == "documents" else import_csv
    report = bring(store, Task(kind, company.files[kind], company.slug), clock)
    if report.refused:
        raise ValueError(f"{company.slug} {kind}: {report}")


def _staff(db: sqlite3.Connection, slug: str | None, email: str, password_hash: str, clock: Clock) -> None:
    organisation = organisations.by_slug(db, slug) if slug else None
    role = staff.Role.ADMIN if organisation else staff.Role.OPERATOR
    _ = staff.add(db, email, password_hash, role, organisation.id if organisation else None, clock())


def _user(
    db: sqlite3.Connection, slug: str, email: str, password_hash: str, reference: str, clock: Clock
) -> None:
    organisation = organisations.by_slug(db, slug)
    assert organisation
    _ = users.add(db, organisation.id, email, password_hash, reference, clock())


def _signin(where: str, who: str, email: str) -> SignIn:
    return SignIn(where, who, email, "-".join(secrets.choice(WORDS) for _ in range(4)))


WORDS = (
    "amber anchor barley beacon birch bramble canal cedar chalk cinder clover copper coral cotton ember fathom"
    " fern flint gable garnet gravel harbour hazel heron indigo ivory juniper kestrel lantern larch linen maple"
    " marble meadow mortar nutmeg orchard otter pebble pepper pewter plover quarry quartz raven reed saffron"
    " sable shingle slate sorrel spruce tallow teasel thistle timber umber velvet willow yarrow"
).split()
