"""The made-up companies in the store: whole after any start, once, and everybody can sign in."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from demo import companies, configuration, data
from demo.companies import SignIn
from demo.data import Company
from portal.passwords import Passwords
from store import domains, organisations, portals, staff, users
from store.database import Store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def few(folder: Path, today: date) -> list[Company]:
    return data.write(folder, today, months=2, calls=40)


def none(folder: Path, today: date) -> list[Company]:
    raise AssertionError("nothing is made up again")


def interrupted(folder: Path, today: date) -> list[Company]:
    made = few(folder, today)
    made[1].files["calls"].write_text("no such columns\n")
    return made


async def set_up(path: Path) -> list[SignIn]:
    return await companies.set_up(path, lambda: NOW, few)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return configuration.store(tmp_path, "local")


@pytest.fixture
async def signins(path: Path) -> list[SignIn]:
    return await set_up(path)


@pytest.fixture
async def store(path: Path, signins: list[SignIn]) -> AsyncIterator[Store]:
    opened = await Store.open(path)
    yield opened
    await opened.close()


async def test_everybody_can_sign_in_with_the_printed_password(store: Store, signins: list[SignIn]) -> None:
    def kept(db: sqlite3.Connection, email: str) -> str:
        harbour = organisations.by_slug(db, "harbour")
        assert harbour
        found = staff.by_email(db, email) or users.by_email(db, harbour.id, email)
        assert found and found.password_hash
        return found.password_hash

    passwords = Passwords()
    for signin in signins:
        stored = await store.read(kept, signin.email)
        assert (await passwords.verify(stored, signin.password)).right
    passwords.close()
    assert len({signin.password for signin in signins}) == len(signins) == 5


async def test_one_company_is_live_and_the_others_wizard_is_not_done(store: Store) -> None:
    found = {each.slug: each.id for each in await store.read(organisations.every)}
    enabled = {}
    hosts = {}
    for slug, identity in found.items():
        portal = await store.read(portals.find, identity)
        enabled[slug] = bool(portal and portal.enabled)
        hosts[slug] = [each.hostname for each in await store.read(domains.of_organisation, identity)]
    assert enabled == {"harbour": True, "pennine": False}
    assert hosts == {"harbour": ["billing.harbour.example"], "pennine": []}


async def test_second_start_makes_nothing_and_keeps_the_passwords(path: Path, signins: list[SignIn]) -> None:
    assert companies.is_set_up(path)
    assert await companies.set_up(path, lambda: NOW, none) == signins
    assert companies.signins_file(path).stat().st_mode & 0o077 == 0


async def test_interrupted_set_up_is_begun_afresh(path: Path) -> None:
    with pytest.raises(ValueError, match="pennine calls"):
        await companies.set_up(path, lambda: NOW, interrupted)
    assert path.exists() and not companies.is_set_up(path)
    assert len(await set_up(path)) == 5 and companies.is_set_up(path)


async def test_signins_without_their_store_are_not_believed(path: Path, signins: list[SignIn]) -> None:
    path.unlink()
    assert not companies.is_set_up(path)
    assert await set_up(path) != signins


async def test_each_cas_demo_has_its_own_signins(path: Path, signins: list[SignIn]) -> None:
    other = await set_up(configuration.store(path.parent, "pebble"))
    assert [each.email for each in other] == [each.email for each in signins]
    assert not {each.password for each in other} & {each.password for each in signins}
    assert await set_up(path) == signins
