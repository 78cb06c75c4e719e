"""Deeds on many, from the list to the last row."""

import csv
import re
import sqlite3
from io import StringIO

import pytest

from store import audit, domains
from store.hostname import Hostname
from tests import factories
from tests.admin.customers.town import CUSTOMERS, DEEDS, account_id, mails, post_many, words, work
from tests.fakes.admin_console import HOST, Browser, Console


async def begin_all(console: Console, admin: Browser, kind: str, **narrowing: str) -> str:
    await admin.get(CUSTOMERS)
    confirm = await admin.post(CUSTOMERS, kind=kind, who="all", **narrowing)
    assert confirm.status == 200
    answer = await admin.post(DEEDS, kind=kind, who="all", **narrowing)
    assert answer.status == 303
    return answer.location


async def add(console: Console, **names: str) -> None:
    def more(db: sqlite3.Connection) -> None:
        for name, email in names.items():
            factories.account(db, 1, name, name=name, email=email)

    await console.store.write(more)


async def test_confirmation_counts_and_names_exceptions_and_does_nothing(
    console: Console, admin: Browser
) -> None:
    await add(console, Nameless="", Broken="no address", Known="Ada@harbour.example")
    await admin.get(CUSTOMERS)
    page = words((await admin.post(CUSTOMERS, kind="invite", who="all")).text)
    assert "2 To be invited" in page and "1 To be asked" in page
    assert "No e-mail address: 1" in page and "Nameless" in page
    assert "Not a valid e-mail address: 1" in page and "Broken" in page
    assert "Invite to their own address: 3" in page
    assert await mails(console) == []


async def test_ticked_customers_are_invited_by_the_job(console: Console, admin: Browser) -> None:
    mill = str(await account_id(console, "A200"))
    await admin.get(CUSTOMERS)
    confirm = await post_many(admin, CUSTOMERS, ("kind", "invite"), ("who", "ticked"), ("account", mill))
    assert f'name="account" value="{mill}"' in confirm.text
    answer = await post_many(admin, DEEDS, ("kind", "invite"), ("account", mill))
    assert "We are listing" in words((await admin.get(answer.location)).text)
    assert await mails(console) == []
    await work(console)
    page = words((await admin.get(answer.location)).text)
    assert "All 1 are done." in page and "desk@mill.example Invited" in page
    assert [mail.recipient for mail in await mails(console)] == ["desk@mill.example"]


async def test_all_that_match_are_those_of_the_filter(console: Console, admin: Browser) -> None:
    location = await begin_all(console, admin, "invite", show="none")
    await work(console)
    assert [mail.recipient for mail in await mails(console)] == ["desk@mill.example"]
    assert "Harbour" not in (await admin.get(location)).text


async def test_deed_is_audited_once_and_each_user_too(console: Console, admin: Browser) -> None:
    await begin_all(console, admin, "suspend")
    await work(console)
    entries = await console.store.read(audit.of_organisation, 1)
    own = [
        (entry.action, entry.actor)
        for entry in entries
        if entry.action.startswith(("customers.", "user.susp"))
    ]
    assert own == [("user.suspended", "staff:1"), ("customers.bulk_suspend", "staff:1")]


async def test_results_are_a_csv_without_formulas(console: Console, admin: Browser) -> None:
    bad = {"=1+1": "+44@x.example", "@sum": "", "-x": "", "\tq": ""}
    await add(console, **bad)
    location = await begin_all(console, admin, "invite")
    await work(console)
    answer = await admin.get(f"{location}/results.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="invite-\d+\.csv"', answer.headers["Content-Disposition"])
    head, *rows = csv.reader(StringIO(answer.text))
    assert head == ["reference", "name", "email", "result"]
    assert len(rows) == 6
    assert ["'=1+1", "'=1+1", "'+44@x.example", "Invited"] in rows
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


async def test_page_follows_a_deed_without_and_with_scripts(console: Console, admin: Browser) -> None:
    location = await begin_all(console, admin, "invite")
    assert '<noscript><meta http-equiv="refresh"' in (await admin.get(location)).text
    assert '"step": "listing"' in (await admin.get(f"{location}/status")).text
    await work(console)
    assert 'http-equiv="refresh"' not in (await admin.get(location)).text
    assert '"step": "done"' in (await admin.get(f"{location}/status")).text
    assert "Invitations" in (await admin.get(DEEDS)).text


async def test_nothing_ticked_is_said(admin: Browser) -> None:
    await admin.get(CUSTOMERS)
    answer = await admin.post(CUSTOMERS, kind="invite", who="ticked", search="mill")
    assert answer.location == f"{CUSTOMERS}?search=mill&none=1"
    assert "Tick the customers" in (await admin.get(answer.location)).text
    assert (await admin.post(DEEDS, kind="invite")).status == 400


@pytest.mark.parametrize("kind", ["", "remove", "Invite"])
async def test_deeds_that_are_none_are_refused(admin: Browser, kind: str) -> None:
    await admin.get(CUSTOMERS)
    for path in (CUSTOMERS, DEEDS):
        assert (await admin.post(path, kind=kind, who="all")).status == 400


async def test_inviting_many_is_refused_in_words_while_the_portal_has_no_name(
    console: Console, admin: Browser
) -> None:
    await console.store.write(domains.remove, Hostname(HOST), console.now)
    await admin.get(CUSTOMERS)
    page = await admin.post(CUSTOMERS, kind="invite", who="all")
    assert "has no address yet" in page.text and f'action="{DEEDS}"' not in page.text


async def test_deed_that_reaches_nobody_has_no_button(admin: Browser) -> None:
    await admin.get(CUSTOMERS)
    page = await admin.post(CUSTOMERS, kind="reactivate", who="all")
    assert "nobody whom this would reach" in page.text and f'action="{DEEDS}"' not in page.text


async def test_deeds_of_another_organisation_are_missing(console: Console, admin: Browser) -> None:
    location = await begin_all(console, admin, "invite")
    await console.add_organisation("other")
    async with console.started() as stranger:
        await stranger.sign_in("admin@other.example")
        number = location.rpartition("/")[2]
        for path in ("", "/status", "/results.csv"):
            assert (
                await stranger.get(f"/organisations/other/customers/-/deeds/{number}{path}")
            ).status == 404
            assert (await stranger.get(f"{location}{path}")).status == 404


async def test_customers_of_another_organisation_cannot_be_ticked(console: Console, admin: Browser) -> None:
    await console.add_organisation("other")
    theirs = await console.store.write(lambda db: factories.account(db, 2, "O1", email="o@x.example"))
    await admin.get(CUSTOMERS)
    answer = await post_many(admin, DEEDS, ("kind", "invite"), ("account", str(theirs)))
    await work(console)
    assert "All 0 are done." in words((await admin.get(answer.location)).text)
    assert await mails(console) == []
