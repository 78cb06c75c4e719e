"""The list of customers in the console."""

import sqlite3

import pytest

from store import change_requests, users
from tests import factories
from tests.admin.customers.town import CUSTOMERS, account_id, words
from tests.fakes.admin_console import Browser, Console


async def test_customers_are_listed_with_who_signs_in(admin: Browser) -> None:
    page = words((await admin.get(CUSTOMERS)).text)
    assert "Harbour Coffee A100 · hello@harbour.example ada@harbour.example Active" in page
    assert "Mill Lane Dental A200 · desk@mill.example Nobody yet" in page


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("search=mill", "Mill Lane", "Harbour Coffee"),
        ("search=A100", "Harbour Coffee", "Mill Lane"),
        ("search=ada%40", "Harbour Coffee", "Mill Lane"),
        ("show=none", "Mill Lane", "Harbour Coffee"),
        ("show=active", "Harbour Coffee", "Mill Lane"),
        ("show=suspended", "No customer fits", "Harbour Coffee"),
        ("search=zzz", "No customer fits", "Mill Lane"),
    ],
)
async def test_list_is_searched_and_filtered_by_its_address(
    admin: Browser, query: str, found: str, missing: str
) -> None:
    page = (await admin.get(f"{CUSTOMERS}?{query}")).text
    assert found in page and missing not in page


async def test_pages_follow_each_other_and_keep_the_narrowing(console: Console, admin: Browser) -> None:
    def more(db: sqlite3.Connection) -> None:
        batch = factories.batch(db, 1)
        for number in range(60):
            factories.account(db, 1, f"Z{number:02}", name=f"Zed {number:02}", batch_id=batch)

    await console.store.write(more)
    first = (await admin.get(f"{CUSTOMERS}?search=zed")).text
    assert "Zed 49" in first and "Zed 50" not in first
    [next_url] = [part.split('"')[0] for part in first.split('href="') if 'rel="next"' in part.split(">")[0]]
    second = (await admin.get(next_url.replace("&amp;", "&"))).text
    assert "Zed 50" in second and "Zed 49" not in second and "search=zed" in second


@pytest.mark.parametrize(
    "query", ["after=~", "after=x~y", "after=9~%00", "show=nonsense&sort=no", "sort=seen&after=1~abc"]
)
async def test_addresses_that_nobody_gave_out_show_a_page(admin: Browser, query: str) -> None:
    assert (await admin.get(f"{CUSTOMERS}?{query}")).status == 200


async def test_menu_says_how_much_waits(console: Console, admin: Browser) -> None:
    ada = await console.store.read(users.by_email, 1, "ada@harbour.example")
    assert ada
    assert 'class="count"' not in (await admin.get(CUSTOMERS)).text
    harbour = await account_id(console, "A100")
    await console.store.write(change_requests.ask, 1, harbour, ada.id, {"phone": "020 1"}, console.now)
    page = words((await admin.get("/organisations/acme")).text)
    assert "Customers 1 waiting" in page


async def test_draft_and_other_organisations_are_not_listed(console: Console, admin: Browser) -> None:
    await console.add_organisation("other")

    def more(db: sqlite3.Connection) -> None:
        factories.account(db, 2, "O1", name="Elsewhere")
        factories.account(db, 1, "D1", name="Drafted", batch_id=factories.batch(db, 1, state="draft"))

    await console.store.write(more)
    page = (await admin.get(CUSTOMERS)).text
    assert "Elsewhere" not in page and "Drafted" not in page
    assert (await admin.get("/organisations/other/customers")).status == 404
    for reference in ("O1", "D1", "none"):
        assert (await admin.get(f"{CUSTOMERS}/{reference}")).status == 404
