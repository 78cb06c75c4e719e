import sqlite3

import pytest

from store import audit, domains, portals
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests import factories
from tests.admin.api.house import House, Program
from tests.admin.api.records import customer, invoice

PATH = "/invoices/INV-1/registration-line"
HOST = Hostname("billing.acme.example")


def open_portal(db: sqlite3.Connection, organisation_id: int) -> None:
    """A live portal in which customers may register."""
    domains.add(
        db,
        Destination(HOST, Room.PORTAL, organisation_id, False, (), Confirmation.CNAME, None),
        factories.NOW,
    )
    domains.set_live(db, HOST, factories.NOW)
    db.execute("UPDATE portals SET allow_registration = 1 WHERE organisation_id = ?", (organisation_id,))


@pytest.fixture
async def billed(house: House, acme: int, program: Program) -> Program:
    await house.store.write(open_portal, acme)
    await program.put("/customers/A100", customer())
    await program.put("/invoices/INV-1", invoice())
    return program


async def test_line_tells_the_way_and_carries_a_proof(house: House, acme: int, billed: Program) -> None:
    line = (await billed.post(PATH)).json
    assert line["due"] is True and line["portal_url"] == f"https://{HOST}"
    assert line["registration_url"].startswith(f"https://{HOST}/register/")
    assert str(HOST) in line["text"] and line["text"].endswith(line["registration_url"])
    assert f'href="{line["registration_url"]}"' in line["html"]
    entries = await house.store.read(audit.of_organisation, acme)
    assert (entries[0].action, entries[0].object) == ("registration.line_made", "invoice:INV-1")
    assert line["registration_url"].rpartition("/")[2] not in str(entries)


async def test_each_line_has_a_proof_of_its_own(billed: Program) -> None:
    first, second = (await billed.post(PATH)).json, (await billed.post(PATH)).json
    assert first["registration_url"] != second["registration_url"]


async def test_no_line_is_due_once_the_customer_has_a_user(house: House, acme: int, billed: Program) -> None:
    await house.store.write(factories.user, acme)
    line = (await billed.post(PATH)).json
    assert (line["due"], line["text"], line["registration_url"]) == (False, "", None)


async def test_no_line_is_due_while_registration_is_off(house: House, acme: int, billed: Program) -> None:
    await house.store.write(portals.set_enabled, acme, False, house.now)
    assert (await billed.post(PATH)).json["due"] is False


async def test_line_of_no_invoice_is_not_there(billed: Program) -> None:
    assert (await billed.post("/invoices/INV-9/registration-line")).status == 404
