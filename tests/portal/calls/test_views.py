"""Calls of a month."""

import csv
import io
import re
import sqlite3
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from portal.calls import month
from store import audit, number_names
from store.audit import Wanted
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House

_OLDER = re.compile(r'href="([^"]+)" rel="next"')


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def several(db: sqlite3.Connection, people: People) -> None:
    key = people.meridian, people.harbour
    invoice = factories.invoice(db, *key)
    factories.line(db, people.meridian, invoice, 7)
    add = factories.call
    add(db, *key, datetime(2026, 10, 31, 23, 59, tzinfo=UTC), external_id="oct", number="0100 october")
    add(
        db,
        *key,
        datetime(2026, 11, 1, 0, 0, tzinfo=UTC),
        external_id="1",
        number="0100 first",
        invoice_id=invoice,
        line_position=7,
    )
    add(
        db,
        *key,
        datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        external_id="2",
        number="0100 text",
        type="sms",
        price=0,
        in_bundle=1,
    )
    add(
        db,
        *key,
        datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        external_id="3",
        number="",
        type="data",
        data_bytes=3_400_000,
        cli="07700900999",
        destination="Mobile data",
    )


async def test_newest_month_is_shown_first(house: House, people: People, ada: Browser) -> None:
    await house.store.write(several, people)
    page = plain(await ada.page("/calls"))
    assert "<h1>Calls in November 2026</h1>" in page
    assert "0100 october" not in page
    assert page.index("Mobile data") < page.index("0100 text") < page.index("0100 first")


async def test_each_call_shows_its_charge_and_line(house: House, people: People, ada: Browser) -> None:
    await house.store.write(several, people)
    page = plain(await ada.page("/calls"))
    public_id = factories.public(people.meridian, "INV-1001")
    assert f'href="/invoices/{public_id}?line=7#line-7">INV-1001, line 7</a>' in page
    assert "£0.1234" in page and "00:03:41" in page and "in bundle" in page
    assert "Not yet invoiced" in page and "3.4 MB" in page


@pytest.mark.parametrize(
    ("query", "present", "absent"),
    [
        ("?month=2026-10", "0100 october", "0100 first"),
        ("?month=1999-01", "0100 october", "0100 first"),
        ("?month=2099-01", "0100 first", "0100 october"),
        ("?month=nonsense&type=nonsense&after=x~y", "0100 first", "0100 october"),
        ("?type=sms", "0100 text", "0100 first"),
        ("?cli=07700900999", "Mobile data", "0100 first"),
        ("?cli=nobody", "No calls fit", "0100 first"),
        ("?after=99999999999~99999999999999999999", "0100 first", "0100 october"),
    ],
)
async def test_list_is_narrowed_by_its_address(
    house: House, people: People, ada: Browser, query: str, present: str, absent: str
) -> None:
    await house.store.write(several, people)
    page = plain(await ada.page(f"/calls{query}"))
    assert present in page and absent not in page


async def test_chart_has_a_bar_a_local_day(house: House, people: People, ada: Browser) -> None:
    def summer(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        factories.call(db, *key, datetime(2026, 7, 14, 23, 30, tzinfo=UTC), external_id="1", price=500_000)
        factories.call(db, *key, datetime(2026, 7, 15, 12, 0, tzinfo=UTC), external_id="2", price=250_000)

    await house.store.write(summer)
    page = plain(await ada.page("/calls"))
    assert page.count('class="bar"') == 1
    assert '<th scope="row">15 Jul 2026</th><td class="number">2 calls, £0.75</td>' in page


async def test_hour_that_comes_twice_is_marked(house: House, people: People, ada: Browser) -> None:
    def night(db: sqlite3.Connection) -> None:
        for hour in (0, 1):
            started = datetime(2026, 10, 25, hour, 15, tzinfo=UTC)
            factories.call(db, people.meridian, people.harbour, started, external_id=str(hour))

    await house.store.write(night)
    page = plain(await ada.page("/calls"))
    assert page.count("25 Oct 2026 01:15:00") == 2
    assert page.index(">GMT<") < page.index(">BST<")


async def test_sums_stand_by_line_and_destination(house: House, people: People, ada: Browser) -> None:
    await house.store.write(factories.busy_month, people.meridian, people.harbour)
    page = plain(await ada.page("/calls"))
    assert "By line" in page and "By destination" in page
    assert "By number called" in page and "By kind of destination" in page
    assert page.count('<th scope="row" class="digits">') == 18
    assert "£49.36" in page


async def test_long_list_is_walked_page_by_page_without_gap_or_double(
    house: House, people: People, ada: Browser
) -> None:
    def many(db: sqlite3.Connection) -> None:
        batch = factories.batch(db, people.meridian, kind="calls")
        for number in range(200):
            started = datetime(2026, 11, 1 + number % 2, 8, 0, tzinfo=UTC)
            factories.call(
                db,
                people.meridian,
                people.harbour,
                started,
                external_id=f"{number}",
                number=f"n{number}n",
                batch_id=batch,
            )

    await house.store.write(many)
    seen: list[str] = []
    path: str | None = "/calls?month=2026-11&type=voice"
    while path:
        page = await ada.page(path)
        seen += re.findall(r">(n\d+n)<", page)
        older = _OLDER.search(page)
        path = older[1] if older else None
    assert len(seen) == len(set(seen)) == 200


async def test_empty_list_says_what_will_come(ada: Browser) -> None:
    assert "No calls yet" in await ada.page("/calls")


def one_more(db: sqlite3.Connection, people: People, at: datetime, number: str) -> None:
    factories.call(db, people.meridian, people.harbour, at, external_id=number, number=number)


def mixed(db: sqlite3.Connection, people: People) -> None:
    key, add = (people.meridian, people.harbour), factories.call
    invoice = factories.invoice(db, *key)
    factories.line(db, people.meridian, invoice, 1)
    add(
        db,
        *key,
        datetime(2026, 11, 2, 9, tzinfo=UTC),
        external_id="a",
        number="n1n",
        cli="L1",
        destination_group="UK",
        cost_centre="HQ",
        invoice_id=invoice,
        line_position=1,
    )
    add(
        db,
        *key,
        datetime(2026, 11, 3, 9, tzinfo=UTC),
        external_id="b",
        number="n2n",
        cli="L2",
        destination_group="France",
        in_bundle=1,
    )
    add(
        db,
        *key,
        datetime(2026, 11, 4, 9, tzinfo=UTC),
        external_id="c",
        number="n3n",
        cli="L1",
        direction="inbound",
        destination="Nowhere 100%",
    )
    add(db, *key, datetime(2026, 11, 5, 9, tzinfo=UTC), external_id="d", number="08001111", cli="L1", price=0)
    add(
        db,
        *key,
        datetime(2026, 11, 6, 9, tzinfo=UTC),
        external_id="e",
        number="n5n",
        cli="L1",
        access_charge=70_000,
        service_charge=30_000,
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["n5n", "n3n", "n2n", "n1n"]),
        ("cli=L1", ["n5n", "n3n", "n1n"]),
        ("group=France", ["n2n"]),
        ("cost_centre=HQ", ["n1n"]),
        ("cost_centre=~", ["n5n", "n3n", "n2n"]),
        ("direction=inbound", ["n3n"]),
        ("bundle=yes", ["n2n"]),
        ("invoiced=yes", ["n1n"]),
        ("invoiced=no&cli=L1", ["n5n", "n3n"]),
        ("words=100%25", ["n3n"]),
        ("words=n2", ["n2n"]),
        ("first=2026-11-03&last=2026-11-04", ["n3n", "n2n"]),
        ("first=2026-11-03&last=2026-11-04&cli=L1", ["n3n"]),
        ("first=2027-01-01&direction=sideways&bundle=perhaps", ["n5n", "n3n", "n2n", "n1n"]),
    ],
)
async def test_every_filter_shows_its_calls_and_their_sum(
    house: House, people: People, ada: Browser, query: str, found: list[str]
) -> None:
    await house.store.write(mixed, people)
    page = plain(await ada.page(f"/calls?{query}"))
    assert re.findall(r">(n\dn)<", page.split('class="rows calls"')[1].split("</table>")[0]) == found
    if "words" not in query:
        assert f'<h2>Calls</h2><p class="figure">{len(found)}</p>' in page


async def test_free_helplines_are_not_listed_unless_the_organisation_says_so(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(mixed, people)
    assert "08001111" not in await ada.page("/calls")
    await house.store.write(lambda db: db.execute("UPDATE portals SET list_free_calls = 1") and None)
    assert "08001111" in await ada.page("/calls")


async def test_access_and_service_charge_stand_apart_and_what_is_not_invoiced_is_said(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(mixed, people)
    page = plain(await ada.page("/calls"))
    assert "access £0.0700, service £0.0300" in page
    assert "Of these, £0.37 is not yet invoiced and may change." in page


async def test_groups_lead_to_their_calls_and_are_shown_whole(
    house: House, people: People, ada: Browser
) -> None:
    def lines(db: sqlite3.Connection) -> None:
        batch = factories.batch(db, people.meridian, kind="calls")
        for number in range(12):
            at = datetime(2026, 11, 2, 9, number, tzinfo=UTC)
            factories.call(
                db,
                people.meridian,
                people.harbour,
                at,
                external_id=str(number),
                cli=f"L{number:02}",
                batch_id=batch,
            )

    await house.store.write(lines)
    page = await ada.page("/calls")
    assert 'href="/calls?month=2026-11&cli=L03"' in page and 'href="/calls/by/cli?month=2026-11"' in page
    whole = await ada.page("/calls/by/cli?month=2026-11")
    assert all(f">L{number:02}<" in whole for number in range(12))
    assert (await ada.get("/calls/by/nothing")).status == 404


async def test_sums_are_made_anew_once_calls_are_published(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(mixed, people)
    assert '<p class="figure">4</p>' in await ada.page("/calls")
    await house.store.write(one_more, people, datetime(2026, 11, 7, tzinfo=UTC), "new")
    assert '<p class="figure">5</p>' in await ada.page("/calls")


async def test_file_has_the_calls_of_the_filters_and_is_written_down(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(mixed, people)
    response = await ada.get("/calls.csv?month=2026-11&cli=L1")
    rows = list(csv.DictReader(io.StringIO((await response.read()).decode("utf-8-sig"))))
    assert [row["To"] for row in rows] == ["n5n", "n3n", "n1n"]
    assert (rows[0]["Access charge"], rows[2]["Invoice"], rows[0]["Invoice"]) == (
        "0.070000",
        "INV-1001",
        "not yet invoiced",
    )
    kept = await house.store.read(audit.page, people.meridian, Wanted(action="calls.downloaded"), None, 10)
    assert [each.entry.object for each in kept] == ["A100"]


async def test_all_calls_are_a_file_for_who_says_again_who_they_are(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(mixed, people)
    await house.store.write(one_more, people, datetime(2026, 9, 2, tzinfo=UTC), "n9n")
    house.clock.advance(minutes=11)
    sent = await ada.get("/calls.csv?month=all")
    asked = urlsplit(sent.headers["Location"])
    assert (sent.status, asked.path, parse_qs(asked.query)) == (
        303,
        "/security/proof",
        {"next": ["/calls.csv?month=all"]},
    )
    proved = await ada.submit(
        "/security/proof?next=/calls.csv?month=all",
        "/security/proof",
        {"password": factories.PASSWORD, "next": "/calls.csv?month=all"},
    )
    assert proved.status == 303
    text = (await (await ada.get("/calls.csv?month=all")).read()).decode("utf-8-sig")
    assert [row["To"] for row in csv.DictReader(io.StringIO(text))] == ["n5n", "n3n", "n2n", "n1n", "n9n"]


async def test_a_number_called_leads_to_its_own_calls_and_no_others(
    house: House, people: People, ada: Browser
) -> None:
    for number in ("0207946000", "02079460001"):
        await house.store.write(one_more, people, datetime(2026, 11, 7, tzinfo=UTC), number)
    page = plain(await ada.page("/calls?number=0207946000"))
    listed = page.split('class="rows calls"')[1].split("</table>")[0]
    assert ">0207946000<" in listed and "02079460001" not in listed
    assert '<h2>Calls</h2><p class="figure">1</p>' in page


async def test_a_call_is_invoiced_once_its_invoice_is_there_to_see(
    house: House, people: People, ada: Browser
) -> None:
    def drafted(db: sqlite3.Connection) -> int:
        draft = factories.batch(db, people.meridian, state="draft")
        invoice = factories.invoice(db, people.meridian, people.harbour, "INV-DRAFT", batch_id=draft)
        factories.call(db, people.meridian, people.harbour, invoice_id=invoice, line_position=1)
        return draft

    def published(db: sqlite3.Connection, batch: int) -> None:
        db.execute("UPDATE batches SET state = 'published' WHERE id = ?", (batch,))

    draft = await house.store.write(drafted)
    page = await ada.page("/calls?invoiced=no")
    assert "Not yet invoiced" in page and "is not yet invoiced and may change" in await ada.page("/calls")
    await house.store.write(published, draft)
    assert "INV-DRAFT" in await ada.page("/calls?invoiced=yes")
    assert "No calls fit" in await ada.page("/calls?invoiced=no")


async def test_of_many_calls_two_filters_are_not_counted(
    house: House, people: People, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.store.write(mixed, people)
    monkeypatch.setattr(month, "COUNTED", 3)
    page = plain(await ada.page("/calls?cli=L1&invoiced=no"))
    assert ">n3n<" in page and "<h2>Calls</h2>" not in page
    assert "<h2>Calls</h2>" in plain(await ada.page("/calls?cli=L1"))


async def test_numbers_have_names_in_lists_groups_and_files(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(mixed, people)
    back = "/calls?month=2026-11"
    sent = await ada.submit(
        "/calls/names", "/calls/names", {"number": "n1n", "name": "  The   mill ", "next": back}
    )
    assert (sent.status, sent.headers["Location"]) == (303, back)
    page = await ada.page("/calls")
    assert page.count("The mill") >= 2
    text = (await (await ada.get("/calls.csv?month=2026-11")).read()).decode("utf-8-sig")
    assert [row["Name of the number"] for row in csv.DictReader(io.StringIO(text))][-1] == "The mill"
    await ada.submit("/calls/names", "/calls/names", {"number": "n1n", "name": ""})
    assert "The mill" not in await ada.page("/calls")


@pytest.mark.parametrize(
    "fields",
    [{"number": "", "name": "x"}, {"number": "a\nb", "name": "x"}, {"number": "1", "name": "x" * 61}],
)
async def test_a_name_that_cannot_be_is_shown_again_with_why(ada: Browser, fields: dict[str, str]) -> None:
    sent = await ada.submit("/calls/names", "/calls/names", fields)
    assert sent.status == 422 and 'class="error"' in await sent.text()


async def test_names_end_at_their_most(house: House, ada: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(number_names, "MOST", 1)
    for number, status in (("1", 303), ("2", 422), ("1", 303)):
        sent = await ada.submit("/calls/names", "/calls/names", {"number": number, "name": "x"})
        assert sent.status == status


async def test_who_wants_no_listing_sees_sums_alone(house: House, people: People, ada: Browser) -> None:
    await house.store.write(mixed, people)
    await ada.submit("/calls/names", "/calls/itemisation", {"itemised": "no"})
    page = await ada.page("/calls?words=n1")
    assert (
        "n1n" not in page and "France" not in page and '<p class="figure">4</p>' in page and "By line" in page
    )
    assert (await ada.get("/calls.csv")).status == (await ada.get("/calls/by/number")).status == 404
    await ada.submit("/calls/names", "/calls/itemisation", {"itemised": "yes"})
    assert "n1n" in await ada.page("/calls")


async def test_the_longest_names_that_calls_have_lead_to_them(
    house: House, people: People, ada: Browser
) -> None:
    longest = "é & ?" * 40
    names: dict[str, Any] = {name: longest for name in ("destination", "destination_group", "cost_centre")}
    key = people.meridian, people.harbour
    await house.store.write(lambda db: factories.call(db, *key, number="0100 long", **names))
    for name in ("destination", "group", "cost_centre"):
        query = urlencode({"month": "2026-11", name: longest})
        assert query in await ada.page("/calls")
        assert "0100 long" in await ada.page(f"/calls?{query}")


async def test_lines_of_calls_that_are_not_listed_can_all_be_seen_where_they_went_cannot(
    house: House, people: People, ada: Browser
) -> None:
    def twelve(db: sqlite3.Connection) -> None:
        for number in range(12):
            factories.call(
                db,
                people.meridian,
                people.harbour,
                external_id=str(number),
                cli=f"0117496{number:04d}",
                destination="Secret place",
            )

    await house.store.write(twelve)
    await ada.submit("/calls/names", "/calls/names", {"number": "01174960003", "name": "Front desk"})
    await ada.submit("/calls/names", "/calls/itemisation", {"itemised": "no"})
    page = await ada.page("/calls")
    assert 'href="/calls/by/cli?month=2026-11"' in page and "cli=" not in page
    lines = await ada.page("/calls/by/cli?month=2026-11")
    assert "01174960011" in lines and "Front desk" in lines and "cli=" not in lines
    assert "Secret place" not in page + lines
    for dimension in ("number", "destination", "group"):
        await ada.source(f"/calls/by/{dimension}?month=2026-11", 404)
    await ada.submit("/calls/names", "/calls/itemisation", {"itemised": "yes"})
    assert "cli=01174960003" in await ada.page("/calls/by/cli?month=2026-11")
