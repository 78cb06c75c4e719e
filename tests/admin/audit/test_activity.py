"""The activity: a page, and a file of any length."""

import csv
import io
import json
import re
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from store import audit
from store.audit import Entry
from tests import factories
from tests.fakes.admin_console import NOW, Browser, Console

PAGE = "/organisations/acme/activity"
INVITED = Entry(1, "staff:1", "user.invited", "user:1", {"account": "A100"}, "192.0.2.7", NOW)


def customer(db: sqlite3.Connection) -> None:
    factories.account(db, 1)
    factories.user(db, 1)


async def record(console: Console, *entries: Entry) -> None:
    for entry in entries:
        await console.store.write(audit.record, entry)


async def test_deeds_are_sentences_with_who_when_and_where_from(console: Console, admin: Browser) -> None:
    await console.store.write(customer)
    viewed = replace(INVITED, action="viewing.begun", object="account:A/1 & Co", detail={})
    await record(console, INVITED, viewed, replace(INVITED, action="new.code", object="<b>"))
    text = (await admin.get(PAGE)).text
    assert "invited ada@harbour.example" in text and "account: A100" in text and "192.0.2.7" in text
    assert '<a href="/organisations/acme/customers/A%2F1%20%26%20Co">customer A/1 &amp; Co</a>' in text
    assert "<code>new.code</code> &lt;b&gt;" in text
    assert "signed in to the console" in text


async def test_filters_narrow_and_stand_in_the_address(console: Console, admin: Browser) -> None:
    await console.store.write(customer)
    by_ada = replace(INVITED, actor="user:1", action="user.password_changed", object="user:1")
    earlier = replace(INVITED, action="domain.added", object="old.example", at=NOW - timedelta(days=9))
    await record(console, INVITED, by_ada, earlier, replace(INVITED, actor="cli", action="staff.reset"))
    expected = {
        "who=ada@harbour.example": ["changed their password"],
        "who=Admin@Acme.example": [
            "invited",
            "registered the address old.example",
            "signed in to the console",
        ],
        "who=The+command+line": ["gave"],
        "what=domain.added": ["registered the address old.example"],
        "thing=old.example": ["registered the address old.example"],
        "thing=ada@harbour.example": ["invited", "changed their password", "gave"],
        "to=2026-11-14": ["registered the address old.example"],
        "from=2026-11-22&what=user.invited": ["invited"],
        "who=nobody@x.example": [],
    }
    every = {phrase for phrases in expected.values() for phrase in phrases}
    for query, phrases in expected.items():
        text = (await admin.get(f"{PAGE}?{query}")).text
        rows = " ".join(text[text.find("<tbody>") :].split()) if "<tbody>" in text else ""
        assert {phrase for phrase in every if phrase in rows} == set(phrases), query
    assert "Nothing fits" in (await admin.get(f"{PAGE}?who=nobody@x.example")).text


async def test_day_that_is_none_is_said_and_nothing_typed_is_lost(admin: Browser) -> None:
    answer = await admin.get(f"{PAGE}?from=2026-02-30&who=kim")
    assert answer.status == 400
    assert "2026-02-30” is not a date" in answer.text and 'value="kim"' in answer.text
    assert (await admin.get(f"{PAGE}.csv?from=2026-02-30")).status == 400


async def test_long_activity_goes_on_by_pages(console: Console, admin: Browser) -> None:
    await record(
        console, *(replace(INVITED, action="domain.added", object=f"n{number}.x") for number in range(120))
    )
    seen: list[str] = []
    url = f"{PAGE}?what=domain.added"
    while url:
        text = (await admin.get(url)).text
        seen += re.findall(r"registered the address (n\d+\.x)", text)
        older = re.search(r'href="([^"]+after=[^"]+)" rel="next"', text)
        url = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"n{number}.x" for number in reversed(range(120))]


async def test_file_for_spreadsheets_holds_all_and_no_formula(console: Console, admin: Browser) -> None:
    many = (replace(INVITED, action="domain.added", object=f"n{number}.x") for number in range(1200))
    await record(console, *many, replace(INVITED, object='=HYPERLINK("x")', detail={"note": "+1"}))
    answer = await admin.get(f"{PAGE}.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="activity-acme.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 1202
    assert rows[0]["object"] == '\'=HYPERLINK("x")' and rows[0]["detail"] == "note: +1"
    assert (rows[1]["at"], rows[1]["who"]) == ("2026-11-22T12:00:00.000Z", "admin@acme.example")
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t\r" and cell]


async def test_file_for_programs_is_one_array(console: Console, admin: Browser) -> None:
    await record(console, INVITED)
    found = json.loads((await admin.get(f"{PAGE}.json?what=user.invited")).text)
    assert [(each["action"], each["object"], each["detail"]) for each in found] == [
        ("user.invited", "user:1", {"account": "A100"})
    ]
    assert json.loads((await admin.get(f"{PAGE}.json?what=none.such")).text) == []


@pytest.mark.parametrize("path", ["", ".csv", ".json"])
async def test_other_organisations_and_the_provider_have_their_own(
    console: Console, admin: Browser, path: str
) -> None:
    await console.add_organisation("beacon")
    await record(console, replace(INVITED, organisation_id=2, object="beacon-secret"))
    await record(console, replace(INVITED, organisation_id=None, object="provider-secret"))
    text = (await admin.get(f"{PAGE}{path}")).text
    assert "beacon-secret" not in text and "provider-secret" not in text
    assert (await admin.get(f"/organisations/beacon/activity{path}")).status == 404
    assert (await admin.get(f"/activity{path}")).status == 404


async def test_operator_sees_the_provider_s_own(console: Console, browser: Browser) -> None:
    await console.add_operator()
    await browser.sign_in("op@provider.example")
    text = (await browser.get("/activity")).text
    assert "op@provider.example" in text and "signed in to the console" in text
    assert [each["action"] for each in json.loads((await browser.get("/activity.json")).text)] == [
        "staff.signed_in"
    ]


async def test_nothing_of_another_organisation_s_user_is_named(console: Console, admin: Browser) -> None:
    await console.add_organisation("beacon")

    def elsewhere(db: sqlite3.Connection) -> int:
        factories.account(db, 2)
        return factories.user(db, 2, "eve@beacon.example")

    user_id = await console.store.write(elsewhere)
    await record(console, replace(INVITED, object=f"user:{user_id}", actor=f"user:{user_id}"))
    assert "eve@beacon.example" not in (await admin.get(PAGE)).text
    assert "Nothing fits" in (await admin.get(f"{PAGE}?who=eve@beacon.example")).text
