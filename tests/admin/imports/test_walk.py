"""The whole way: upload, check, import, preview, publish, withdraw; every deed in the audit."""

from store import audit
from tests import factories
from tests.admin.imports.runs import CUSTOMERS, INVOICES, Runs
from tests.fakes.admin_console import Console


async def actions(console: Console) -> list[str]:
    return [entry.action for entry in await console.store.read(audit.of_organisation, 1)]


async def seen(console: Console, view: str) -> int:
    row = await console.store.read(lambda db: db.execute(f"SELECT count(*) FROM {view}").fetchone())
    return int(row[0])


async def test_nobody_has_run_anything_yet(runs: Runs) -> None:
    assert "No billing run yet" in await runs.page()
    assert "Nothing was imported yet" in await runs.page("/attempts")


async def test_checked_file_changes_nothing_and_says_what_it_would_do(runs: Runs, console: Console) -> None:
    asked = await runs.ask(await runs.file("customers", CUSTOMERS), "check")
    assert "Waiting for its turn" in await runs.page(asked.location.removeprefix(runs.home))
    await runs.work()
    page = await runs.page(asked.location.removeprefix(runs.home))
    assert "The file is good" in page
    assert "Rows read 2 Would be new 2" in page
    assert "Import as a draft" in page
    assert await seen(console, "batches") == 0


async def test_checked_file_is_imported_from_its_result(runs: Runs, console: Console) -> None:
    asked = await runs.ask(await runs.file("customers", CUSTOMERS), "check")
    await runs.work()
    await runs.admin.get(asked.location)
    again = await runs.admin.post(f"{asked.location}/again", mode="all")
    await runs.work()
    assert (await runs.attempt(again.location)).state == "imported"
    assert "It is a draft" in await runs.page(again.location.removeprefix(runs.home))
    assert await seen(console, "visible_accounts") == 0


async def test_nothing_is_visible_before_publish_nor_after_withdraw(runs: Runs, console: Console) -> None:
    customers = await runs.imported("customers", CUSTOMERS)
    invoices = await runs.imported("invoices", INVOICES)
    assert await seen(console, "visible_accounts") == await seen(console, "visible_invoices") == 0
    preview = await runs.page(f"/{invoices.id}")
    assert "Publishing shows 2 new or changed rows to 2 customers; 0 of them have somebody" in preview
    assert "£150.00" in preview
    for batch in (customers, invoices):
        await runs.admin.get(f"{runs.home}/{batch.id}")
        await runs.admin.post(f"{runs.home}/{batch.id}/publish")
    assert await seen(console, "visible_invoices") == 2
    page = await runs.page(f"/{invoices.id}")
    assert "Customers see this" in page
    assert "2 rows that came with it would vanish" in page
    await runs.admin.post(f"{runs.home}/{invoices.id}/withdraw")
    assert await seen(console, "visible_invoices") == 0
    assert "Nobody sees this any more" in await runs.page(f"/{invoices.id}")
    assert (await actions(console))[:3] == ["batch.withdraw", "batch.publish", "batch.publish"]


async def test_publishing_again_is_no_second_deed(runs: Runs, console: Console) -> None:
    batch = await runs.published("customers", CUSTOMERS)
    await runs.admin.post(f"{runs.home}/{batch.id}/publish")
    assert (await actions(console)).count("batch.publish") == 1


async def test_audience_counts_who_can_sign_in(runs: Runs, console: Console) -> None:
    await runs.published("customers", CUSTOMERS)
    await console.store.write(factories.user, 1, "ada@harbour.example", "A1")
    batch = await runs.imported("invoices", INVOICES)
    assert "2 customers; 1 of them has somebody who can sign in" in await runs.page(f"/{batch.id}")


async def test_chosen_drafts_are_published_together(runs: Runs, console: Console) -> None:
    customers = await runs.imported("customers", CUSTOMERS)
    invoices = await runs.imported("invoices", INVOICES)
    await runs.admin.get(runs.home)
    done = await publish_some(runs, [customers.id, invoices.id])
    assert done == (303, f"{runs.home}?published=2")
    assert await seen(console, "visible_invoices") == 2
    assert "Published: 2 batches" in await runs.page("?published=2")


async def test_nothing_is_published_where_one_of_the_chosen_cannot_be(runs: Runs, console: Console) -> None:
    customers = await runs.imported("customers", CUSTOMERS)
    await runs.admin.get(runs.home)
    assert (await publish_some(runs, [customers.id, 999]))[0] == 404
    assert await seen(console, "visible_accounts") == 0
    assert (await publish_some(runs, []))[1].endswith("?none=1")


async def publish_some(runs: Runs, ids: list[int]) -> tuple[int, str]:
    data = [("csrf", runs.admin.token), *(("batch", str(each)) for each in ids)]
    answer = await runs.admin.send("POST", runs.home, data, {"Sec-Fetch-Site": "same-origin"})  # type: ignore[arg-type]
    return answer.status, answer.headers.get("Location", "")


async def test_older_batch_cannot_be_withdrawn_before_a_newer_one(runs: Runs) -> None:
    first = await runs.published("customers", CUSTOMERS)
    await runs.published("customers", CUSTOMERS.replace("Quay Books", "Quay Books Ltd"))
    assert "cannot be withdrawn now" in await runs.page(f"/{first.id}")
    refused = await runs.admin.post(f"{runs.home}/{first.id}/withdraw")
    assert refused.status == 409
    assert "came later; withdraw that first" in refused.text


async def test_change_says_what_would_come_back(runs: Runs) -> None:
    await runs.published("customers", CUSTOMERS)
    second = await runs.published("customers", CUSTOMERS.replace("Quay Books", "Quay Books Ltd"))
    assert "1 changed row would be again what it was before" in await runs.page(f"/{second.id}")


async def test_month_is_shown_beside_the_month_before(runs: Runs) -> None:
    await runs.published("customers", CUSTOMERS + "A3,Gone Ltd\n")
    october = (
        INVOICES.replace("2026-11", "2026-10")
        .replace("INV-", "OCT-")
        .replace("100.00,20.00,120", "80.00,16.00,96")
    )
    await runs.published("invoices", october + "OCT-3,A3,2026-10-01,2026-11-01,10.00,2.00,12.00\n")
    batch = await runs.imported("invoices", INVOICES)
    page = await runs.page(f"/{batch.id}")
    assert "November 2026 beside October 2026" in page.replace("\u202f", " ").replace("\xa0", " ")
    assert "Harbour Coffee Ltd A1 £96.00 → £120.00 £96.00 £120.00 +£24.00" in page
    assert "Gone Ltd A3, no invoice now £12.00 → £0.00" in page
    assert 'class="movement"' in (await runs.admin.get(f"{runs.home}/{batch.id}")).text


async def test_findings_name_what_to_look_at(runs: Runs) -> None:
    await runs.published("customers", CUSTOMERS)
    batch = await runs.imported("invoices", INVOICES)
    assert "2 invoices without lines" in await runs.page(f"/{batch.id}")


async def test_list_is_narrowed_by_kind_and_state(runs: Runs) -> None:
    await runs.published("customers", CUSTOMERS)
    await runs.imported("invoices", INVOICES)
    assert "invoices.csv" in await runs.page("?state=draft")
    assert "customers.csv" not in await runs.page("?state=draft")
    assert "customers.csv" in await runs.page("?kind=customers")
    assert "No batch fits" in await runs.page("?kind=calls")
    assert "invoices.csv" in await runs.page("?kind=nonsense&state=%00&before=x")


async def test_what_a_file_says_otherwise_than_the_payments_is_a_report(runs: Runs) -> None:
    await runs.published("customers", CUSTOMERS)
    await runs.published("invoices", INVOICES)
    payments = "external_id,account_reference,date,status,amount,invoice_number\n"
    await runs.published("payments", f"{payments}P1,A1,2026-11-10,paidOut,120.00,INV-1\n")
    said = "number,account_reference,date,due,net,tax,gross,status\n"
    batch = await runs.imported(
        "invoices", f"{said}INV-1,A1,2026-11-01,2026-12-01,100.00,20.00,120.00,outstanding\n"
    )
    page = await runs.page(f"/{batch.id}")
    assert "For 1 invoice your file says something else than the payments that were allocated" in page
    assert "What your file says is what customers see." in page
    assert "INV-1 Outstanding £120.00 Settled £0.00" in page
