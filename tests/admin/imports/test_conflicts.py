"""Conflicts: what a customer and the source both changed is decided once, as it was shown; edits leave by CSV."""

import re
import sqlite3

from store import accounts, audit, conflicts
from tests import factories
from tests.admin.imports.runs import HOME, Runs
from tests.fakes.admin_console import Console

FIRST = "reference,name,email,town\nA1,Harbour Coffee Ltd,old@harbour.example,Bath\nA2,Quay Books,q@quay.example,Hull\n"
SECOND = FIRST.replace("old@harbour.example", "source@harbour.example").replace("Bath", "Wells")


async def differing(runs: Runs) -> None:
    """The customer says Bristol and own@…, the source said Bath and old@…, now Wells and source@…"""
    await runs.published("customers", FIRST)
    await runs.console.store.write(edited, runs)
    await runs.published("customers", SECOND)


def edited(db: sqlite3.Connection, runs: Runs) -> None:
    user_id = factories.user(db, 1, "ada@harbour.example", "A1")
    account = db.execute("SELECT id FROM accounts WHERE reference = 'A1'").fetchone()["id"]
    values = {"email": "own@harbour.example", "town": "Bristol"}
    change(db, account, values, user_id)


def change(db: sqlite3.Connection, account: int, values: dict[str, str], user_id: int) -> None:
    accounts.edit(db, 1, account, values, user_id=user_id, address="", now=factories.NOW)


async def keys(runs: Runs) -> list[str]:
    return re.findall(r'name="conflict" value="([^"]+)"', (await runs.admin.get(f"{HOME}/conflicts")).text)


async def town(console: Console) -> str:
    account = await console.store.read(lambda db: accounts.find(db, 1, 1))
    assert account
    return account.value("town")


async def test_nothing_is_to_be_decided_where_nothing_differs(runs: Runs) -> None:
    assert "Nothing to decide" in await runs.page("/conflicts")


async def test_all_three_values_are_shown(runs: Runs) -> None:
    await differing(runs)
    assert "2 details were changed by a customer" in await runs.page()
    page = await runs.page("/conflicts")
    for words in ("Bath", "Wells", "Bristol", "ada@harbour.example", "A1 · Town"):
        assert words in page


async def test_source_is_taken_for_one_and_the_other_stays(runs: Runs, console: Console) -> None:
    await differing(runs)
    assert await town(console) == "Bristol"
    [chosen] = [key for key in await keys(runs) if ".town." in key]
    answer = await runs.admin.post(f"{HOME}/conflicts", keep="source", conflict=chosen)
    assert answer.location == f"{HOME}/conflicts?decided=1"
    assert await town(console) == "Wells"
    assert await console.store.read(conflicts.count, 1) == 1
    [entry, *_] = await console.store.read(audit.of_organisation, 1)
    assert (entry.action, entry.object) == ("details.kept_source", "account:A1")
    assert entry.detail == {"field": "town", "customer": "Bristol", "source": "Wells"}


async def test_customers_are_kept_for_all(runs: Runs, console: Console) -> None:
    await differing(runs)
    await runs.admin.get(f"{HOME}/conflicts")
    answer = await runs.admin.post(f"{HOME}/conflicts", keep="customer", all="1")
    assert "2 decisions kept" in await runs.page(answer.location.removeprefix(HOME))
    assert await town(console) == "Bristol"
    assert await console.store.read(conflicts.count, 1) == 0


async def test_what_changed_since_it_was_shown_is_not_decided(runs: Runs, console: Console) -> None:
    await differing(runs)
    [chosen] = [key for key in await keys(runs) if ".town." in key]
    await runs.published("customers", SECOND.replace("Wells", "Frome"))
    await runs.admin.get(f"{HOME}/conflicts")
    answer = await runs.admin.post(f"{HOME}/conflicts", keep="source", conflict=chosen)
    assert answer.location == f"{HOME}/conflicts?decided=0&other=1"
    assert "changed meanwhile" in await runs.page(answer.location.removeprefix(HOME))
    assert await town(console) == "Bristol"


async def test_nonsense_decides_nothing(runs: Runs, console: Console) -> None:
    await differing(runs)
    await runs.admin.get(f"{HOME}/conflicts")
    assert (await runs.admin.post(f"{HOME}/conflicts", keep="both")).status == 400
    for odd in ("", "1", "1.town", "x.town.y", "1.name.z", "1.town." + "0" * 32):
        assert (await runs.admin.post(f"{HOME}/conflicts", keep="source", conflict=odd)).status == 303
    assert "Choose what you want" in await runs.page("/conflicts?decided=0")
    assert await console.store.read(conflicts.count, 1) == 2


async def test_edits_leave_as_csv_without_formulas(runs: Runs, console: Console) -> None:
    await runs.published("customers", FIRST)
    await console.store.write(edited, runs)
    await console.store.write(change, 1, {"county": "=HYPERLINK()"}, 1)
    answer = await runs.admin.get(f"{HOME}/edits.csv")
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "account_reference,field,value,previous,edited_at,user"
    assert any(line.startswith("A1,town,Bristol,Bath,") for line in lines)
    assert any(line.startswith("A1,county,'=HYPERLINK()") for line in lines)
    assert (await console.store.read(audit.of_organisation, 1))[0].action == "details.edits_exported"
