import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest

from store import accounts
from tests import factories
from tests.admin.api.house import House, Program
from tests.admin.api.records import call, customer


def fill(db: sqlite3.Connection, organisation_id: int) -> None:
    """Thirty customers, each with two invoices and two payments."""
    batch = factories.batch(db, organisation_id)
    for number in range(30):
        account = factories.account(db, organisation_id, f"A{number:03}", batch_id=batch, name=f"N{number}")
        for copy in range(2):
            name = f"{number:03}-{copy}"
            day = date(2026, 11, 1 + number % 7)
            status = "settled" if copy else "outstanding"
            factories.invoice(
                db, organisation_id, account, f"I{name}", issued_on=day, status=status, batch_id=batch
            )
            factories.mandate(db, organisation_id, account, f"M{name}", batch_id=batch)
            factories.payment(db, organisation_id, account, f"P{name}", paid_on=day, batch_id=batch)


@pytest.fixture
async def filled(house: House, acme: int, program: Program) -> Program:
    await house.store.write(fill, acme)
    await house.store.write(fill, await house.organisation("other"))
    house.passes(seconds=10)
    return program


async def walk(program: Program, path: str, key: str, **query: str) -> list[str]:
    """Every key of a list, page by page."""
    found, cursor = [], ""
    while True:
        page = (await program.get(path, cursor=cursor, **query)).json
        found += [each[key] for each in page["data"]]
        if page["next_cursor"] is None:
            return found
        cursor = page["next_cursor"]


@pytest.mark.parametrize(
    ("path", "key", "sorts"),
    [
        ("/customers", "reference", ("reference", "-reference", "updated")),
        ("/invoices", "number", ("number", "-number", "date", "-date", "updated")),
        ("/payments", "external_id", ("external_id", "-external_id", "date", "-date", "updated")),
        ("/mandates", "external_id", ("external_id", "-external_id", "updated")),
    ],
)
async def test_pages_make_the_whole_list_in_order(
    filled: Program, path: str, key: str, sorts: tuple[str, ...]
) -> None:
    whole = await walk(filled, path, key, limit="200")
    assert len(whole) == (30 if path == "/customers" else 60) == len(set(whole))
    for sort in sorts:
        found = await walk(filled, path, key, limit="7", sort=sort)
        assert sorted(found) == sorted(whole)
        by = sort.removeprefix("-")
        if by == key:
            assert found == sorted(whole, reverse=sort.startswith("-"))
        if by == "date":
            shown = (await filled.get(path, limit="200", sort=sort)).json["data"]
            days = [each["date"] for each in shown]
            assert days == sorted(days, reverse=sort.startswith("-"))


async def test_rows_that_come_meanwhile_move_nothing(house: House, filled: Program) -> None:
    first = (await filled.get("/customers", limit="10")).json
    await filled.post("/customers", {"rows": [customer("A000a"), customer("A029z")]})
    rest = await walk_from(filled, first["next_cursor"])
    assert [each["reference"] for each in first["data"]] == [f"A{number:03}" for number in range(10)]
    assert rest == [*(f"A{number:03}" for number in range(10, 30)), "A029z"]


async def walk_from(program: Program, cursor: str) -> list[str]:
    page = (await program.get("/customers", cursor=cursor, limit="200")).json
    return [each["reference"] for each in page["data"]]


@pytest.mark.parametrize(
    ("path", "query", "count"),
    [
        ("/invoices", {"account_reference": "A003"}, 2),
        ("/invoices", {"account_reference": "A003", "sort": "date"}, 2),
        ("/invoices", {"account_reference": "A003", "status": "settled"}, 1),
        ("/invoices", {"account_reference": "nobody"}, 0),
        ("/invoices", {"status": "outstanding"}, 30),
        ("/invoices", {"kind": "creditNote"}, 0),
        ("/invoices", {"date_from": "2026-11-02", "date_to": "2026-11-02"}, 10),
        ("/invoices", {"due_to": "2026-11-30"}, 0),
        ("/payments", {"account_reference": "A003"}, 2),
        ("/payments", {"status": "paidOut", "date_to": "2026-11-01"}, 10),
        ("/payments", {"status": "failed"}, 0),
        ("/customers", {"email": "ACCOUNTS@harbour.example"}, 30),
        ("/customers", {"type": "consumer"}, 0),
        ("/batches", {"state": "published"}, 1),
        ("/batches", {"kind": "calls"}, 0),
    ],
)
async def test_filters_narrow_a_list(filled: Program, path: str, query: dict[str, str], count: int) -> None:
    assert len((await filled.get(path, limit="200", **query)).json["data"]) == count


async def test_what_is_new_comes_at_the_end(house: House, filled: Program) -> None:
    since = house.now
    house.passes(minutes=1)
    await filled.put("/customers/A005", customer("A005", name="Changed"))
    house.passes(seconds=3)
    query = {"sort": "updated", "updated_from": since.isoformat()}
    assert await walk(filled, "/customers", "reference", **query) == ["A005"]
    assert (await walk(filled, "/customers", "reference", sort="updated"))[-1] == "A005"


async def test_what_was_published_just_now_waits_a_moment(house: House, filled: Program) -> None:
    await filled.put("/customers/A005", customer("A005", name="Changed"))
    assert "A005" not in await walk(filled, "/customers", "reference", sort="updated")
    house.passes(seconds=2)
    assert "A005" in await walk(filled, "/customers", "reference", sort="updated")


async def test_updated_from_needs_its_order(filled: Program) -> None:
    answer = await filled.get("/customers", updated_from="2026-11-01T00:00:00Z")
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "updated_from")
    answer = await filled.get("/customers", sort="updated", updated_from="2026-11-01T00:00:00")
    assert answer.status == 400


@pytest.mark.parametrize("other", [{"sort": "-reference"}, {"type": "business"}, {"sort": "updated"}])
async def test_cursor_belongs_to_its_list_order_and_filter(filled: Program, other: dict[str, str]) -> None:
    cursor = (await filled.get("/customers", limit="1")).json["next_cursor"]
    answer = await filled.get("/customers", cursor=cursor, **other)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "cursor")
    assert (await filled.get("/invoices", cursor=cursor)).status == 400


async def test_cursor_of_another_organisation_shows_only_ones_own(house: House, filled: Program) -> None:
    cursor = (await filled.get("/customers", limit="5")).json["next_cursor"]
    stranger = await house.organisation("third")
    filled.token = (await house.token(stranger)).secret
    assert (await filled.get("/customers", cursor=cursor)).json["data"] == []


async def test_calls_go_by_their_start(house: House, filled: Program) -> None:
    first = datetime(2026, 11, 20, 9, tzinfo=UTC)
    rows = [
        call(
            f"C{number}",
            account_reference="A001",
            started=(first + timedelta(minutes=number // 3)).isoformat(),
            cli=f"0207{number % 2}",
        )
        for number in range(30)
    ]
    assert (await filled.post("/calls", {"rows": rows})).json["counts"]["added"] == 30
    oldest = await walk(filled, "/calls", "started", account_reference="A001", sort="started", limit="4")
    assert len(oldest) == 30 and oldest == sorted(oldest)
    newest = await walk(filled, "/calls", "started", account_reference="A001", limit="4")
    assert newest == oldest[::-1]
    span = {"started_from": "2026-11-20T09:01:00Z", "started_to": "2026-11-20T09:02:00Z"}
    assert len(await walk(filled, "/calls", "started", account_reference="A001", **span)) == 3
    assert len(await walk(filled, "/calls", "started", account_reference="A001", cli="02071")) == 15


async def test_calls_need_a_customer(filled: Program) -> None:
    answer = await filled.get("/calls")
    assert answer.status == 400 and "account_reference" in answer.json["detail"]
    assert (await filled.get("/calls", account_reference="nobody")).json["data"] == []


async def test_drafts_are_in_no_list(filled: Program) -> None:
    await filled.post("/customers?draft=true", {"rows": [customer("Z9")]})
    assert "Z9" not in await walk(filled, "/customers", "reference", limit="200")


def edit(db: sqlite3.Connection, organisation_id: int, values: dict[str, str]) -> None:
    """The user of A000 changes their details."""
    user = factories.user(db, organisation_id, reference="A000")
    account = db.execute(
        "SELECT id FROM accounts WHERE organisation_id = ? AND reference = 'A000'", (organisation_id,)
    ).fetchone()["id"]
    accounts.edit(db, organisation_id, account, values, user_id=user, address="", now=factories.NOW)


async def test_edits_are_told_once_each_from_a_cursor_on(house: House, acme: int, filled: Program) -> None:
    await house.store.write(edit, acme, {"phone": "0117 496 0000", "town": "Bath"})
    shown = (await filled.get("/customers/A000")).json
    assert (shown["phone"], shown["edited"]) == ("0117 496 0000", ["phone", "town"])
    page = (await filled.get("/edits", limit="1")).json
    (first,) = page["data"]
    assert (first["account_reference"], first["field"], first["value"]) == ("A000", "phone", "0117 496 0000")
    assert (first["previous"], first["edited_by"]) == ("020 7946 0000", "ada@harbour.example")
    assert page["more"] is True
    rest = (await filled.get("/edits", cursor=page["next_cursor"])).json
    assert [each["field"] for each in rest["data"]] == ["town"]
    end = (await filled.get("/edits", cursor=rest["next_cursor"])).json
    assert (end["data"], end["more"], end["next_cursor"]) == ([], False, rest["next_cursor"])
