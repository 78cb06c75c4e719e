import sqlite3
from datetime import timedelta

import pytest

from store import audit, erasure, exports, retention
from tests import factories
from tests.fakes.admin_console import NOW, Browser, Console

PAGE = "/organisations/acme/data"
ERASE = "/organisations/acme/customers/A100/erase"


@pytest.fixture
async def account_id(console: Console) -> int:
    """A customer with a call of last year, an invoice, a payment and a sign-in."""

    def add(db: sqlite3.Connection) -> int:
        account_id = factories.account(db, 1)
        factories.call(db, 1, account_id, NOW - timedelta(days=365))
        factories.invoice(db, 1, account_id)
        factories.payment(db, 1, account_id)
        factories.user(db, 1)
        return account_id

    return await console.store.write(add)


async def days(console: Console) -> int | None:
    rule = await console.store.read(retention.rule_of, 1)
    return rule.days if rule else None


async def deeds(console: Console) -> list[str]:
    return [entry.action for entry in await console.store.read(audit.of_organisation, 1)]


async def test_calls_are_kept_for_ever_until_days_are_set(console: Console, admin: Browser) -> None:
    assert 'name="days" type="text" value=""' in (await admin.get(PAGE)).text
    answer = await admin.post(f"{PAGE}/retention", days="90")
    assert (answer.status, answer.location) == (303, f"{PAGE}?saved=1")
    assert await days(console) == 90
    assert "calls.retention_set" in await deeds(console)
    assert 'value="90"' in (await admin.get(PAGE)).text


async def test_empty_days_keep_calls_for_ever(console: Console, admin: Browser) -> None:
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/retention", days="90")
    await admin.post(f"{PAGE}/retention", days="")
    assert await days(console) is None


@pytest.mark.parametrize("typed", ["0", "-1", "3651", "1.5", "ninety", "٣٠", "9" * 11])
async def test_what_is_no_number_of_days_is_said_and_kept_in_the_form(
    console: Console, admin: Browser, typed: str
) -> None:
    await admin.get(PAGE)
    answer = await admin.post(f"{PAGE}/retention", days=typed)
    assert answer.status == 422
    assert "There is a problem" in answer.text and f'value="{typed}"' in answer.text
    assert await days(console) is None


async def test_page_says_how_many_calls_are_due(admin: Browser, account_id: int) -> None:
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/retention", days="90")
    assert "1 call of 1 customer is older than that" in (await admin.get(PAGE)).text


async def test_export_is_asked_for_once_at_a_time(console: Console, admin: Browser) -> None:
    await admin.get(PAGE)
    assert (await admin.post(f"{PAGE}/exports")).location == f"{PAGE}#exports"
    assert (await admin.post(f"{PAGE}/exports")).location == f"{PAGE}?under-way=1#exports"
    assert len(await console.store.read(exports.of_organisation, 1)) == 1
    assert (await deeds(console)).count("export.asked") == 1
    assert "Being made" in (await admin.get(PAGE)).text


async def finished(console: Console, organisation_id: int = 1) -> int:
    """An export whose file is there."""

    def make(db: sqlite3.Connection) -> int:
        asked = exports.ask(db, organisation_id, "staff:1", console.now)
        begun = exports.begin_next(db, "gone")
        assert begun and begun.id == asked
        exports.finish(db, organisation_id, begun.id, 4, console.now)
        return begun.id

    export_id = await console.store.write(make)
    found = await console.store.read(exports.find, organisation_id, export_id)
    assert found
    folder = exports.folder(console.store.path)
    folder.mkdir(exist_ok=True)
    (folder / found.file_name).write_bytes(b"zip!")
    return export_id


async def test_finished_export_is_downloaded_for_a_week(console: Console, admin: Browser) -> None:
    export_id = await finished(console)
    assert f'href="{PAGE}/exports/{export_id}"' in (await admin.get(PAGE)).text
    answer = await admin.get(f"{PAGE}/exports/{export_id}")
    assert (answer.status, answer.text) == (200, "zip!")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acme-2026-11-22.zip"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "export.downloaded" in await deeds(console)
    console.passes(days=7)
    await admin.sign_in("admin@acme.example")
    assert (await admin.get(f"{PAGE}/exports/{export_id}")).status == 404


async def test_export_of_another_organisation_is_not_there(console: Console, admin: Browser) -> None:
    other = await console.add_organisation("other")
    export_id = await finished(console, other.id)
    theirs, missing = [await admin.get(f"{PAGE}/exports/{number}") for number in (export_id, 999)]
    assert (theirs.status, theirs.text) == (404, missing.text)


async def test_erasure_says_what_goes_and_what_stays(admin: Browser, account_id: int) -> None:
    page = (await admin.get(ERASE)).text
    assert "1 sign-in with sessions" in page and "1 call;" in page
    assert "1 invoice or credit note" in page and "1 payment" in page
    assert "10\N{NO-BREAK SPACE}November\N{NO-BREAK SPACE}2032" in page


async def test_customer_is_erased_once_the_reference_is_typed(
    console: Console, admin: Browser, account_id: int
) -> None:
    await admin.get(ERASE)
    answer = await admin.post(ERASE, reference="A101")
    assert answer.status == 422 and "Type A100 to erase this customer." in answer.text
    assert await console.store.read(erasure.of_account, 1, account_id) is None
    assert (await admin.post(ERASE, reference=" A100 ")).location == f"{PAGE}#erased"
    asked = await console.store.read(erasure.of_account, 1, account_id)
    assert asked and asked.reference == "A100"
    assert "customer.erasure_asked" in await deeds(console)
    assert "Within the hour" in (await admin.get(PAGE)).text


async def test_customer_of_another_organisation_is_not_there(
    console: Console, admin: Browser, account_id: int
) -> None:
    other = await console.add_organisation("other")
    await console.store.write(lambda db: factories.account(db, other.id, "B200"))
    theirs = await admin.get("/organisations/acme/customers/B200/erase")
    missing = await admin.get("/organisations/acme/customers/B999/erase")
    assert (theirs.status, theirs.text) == (404, missing.text)
    await admin.get(ERASE)
    posted = await admin.post("/organisations/acme/customers/B200/erase", reference="B200")
    assert posted.status == 404


async def test_customer_without_records_is_told_to_go_wholly(console: Console, admin: Browser) -> None:
    await console.store.write(lambda db: factories.account(db, 1, "NEW"))
    page = (await admin.get("/organisations/acme/customers/NEW/erase")).text
    assert "the customer goes wholly" in page
