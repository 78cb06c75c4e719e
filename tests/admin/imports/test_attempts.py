"""Attempts: bad rows are shown and downloaded, good ones imported; progress, cancelling, trying again."""

import json

from store import attempts, audit, import_jobs
from store.leases import this_process
from tests.admin.imports.runs import CUSTOMERS, HOME, Runs
from tests.fakes.admin_console import Console

BAD = "reference,name,email\nA1,Harbour Coffee Ltd,\nA2,,\nA3,Quay Books,not an address\n=1+1,Formula,@x\n"


async def refused(runs: Runs, **changed: str) -> str:
    asked = await runs.ask(await runs.file("customers", BAD), **changed)
    await runs.work()
    return asked.location


async def test_refused_rows_are_shown_with_their_reasons(runs: Runs) -> None:
    url = await refused(runs)
    page = await runs.page(url.removeprefix(HOME))
    assert "Refused: nothing was imported" in page
    assert "3 refused rows" in page
    assert "name: is empty" in page
    assert "Import the good rows as a draft" in page


async def test_refused_rows_are_downloaded_in_their_own_columns_without_formulas(runs: Runs) -> None:
    url = await refused(runs)
    answer = await runs.admin.get(f"{url}/refused.csv")
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert lines[0] == "reference,name,email,reason"
    assert lines[1].startswith("A2,,,")
    assert lines[3].startswith("'=1+1,Formula,'@x")


async def test_good_rows_are_imported_from_the_result(runs: Runs) -> None:
    url = await refused(runs)
    await runs.admin.get(url)
    again = await runs.admin.post(f"{url}/again", mode="good_rows")
    await runs.work()
    attempt = await runs.attempt(again.location)
    assert (attempt.state, attempt.outcome.rows_added, attempt.outcome.rows_refused) == ("imported", 1, 3)
    assert "3 refused" in await runs.page(
        f"/{attempt.outcome.batch_id}"
    ) or "Which, and why" in await runs.page(f"/{attempt.outcome.batch_id}")


async def test_good_rows_are_imported_at_once_when_that_is_asked(runs: Runs) -> None:
    attempt = await runs.attempt(await refused(runs, rows="good_rows"))
    assert (attempt.state, attempt.asked.mode) == ("imported", "good_rows")


async def test_progress_is_told_to_the_pages_script(runs: Runs, console: Console) -> None:
    asked = await runs.ask(await runs.file("customers", CUSTOMERS))
    await console.store.write(import_jobs.claim, this_process(), console.now)
    await console.store.write(attempts.begin, 1, 1, this_process())
    await console.store.write(attempts.progress, 1, 1, "read", 5, 10)
    told = json.loads((await runs.admin.get(f"{asked.location}/status")).text)
    assert told == {"state": "Running", "phase": "Reading the file", "done": 5, "total": 10, "over": False}
    page = (await runs.admin.get(asked.location)).text
    assert '<noscript><meta http-equiv="refresh"' in page
    assert 'value="5" max="10"' in page


async def test_waiting_import_is_cancelled_once_and_can_be_tried_again(runs: Runs, console: Console) -> None:
    asked = await runs.ask(await runs.file("customers", CUSTOMERS))
    await runs.admin.get(asked.location)
    for _ in range(2):
        await runs.admin.post(f"{asked.location}/cancel")
    page = await runs.page(asked.location.removeprefix(HOME))
    assert "It was cancelled" in page
    entries = [entry.action for entry in await console.store.read(audit.of_organisation, 1)]
    assert entries.count("import.cancelled") == 1
    again = await runs.admin.post(f"{asked.location}/again", mode="all")
    await runs.work()
    assert (await runs.attempt(again.location)).state == "imported"


async def test_running_import_says_that_it_is_being_cancelled(runs: Runs, console: Console) -> None:
    asked = await runs.ask(await runs.file("customers", CUSTOMERS))
    await console.store.write(import_jobs.claim, this_process(), console.now)
    await runs.admin.get(asked.location)
    await runs.admin.post(f"{asked.location}/cancel")
    page = await runs.page(asked.location.removeprefix(HOME))
    assert "Being cancelled" in page
    assert "Cancel the import" not in page


async def test_import_whose_file_is_gone_cannot_be_made_again(runs: Runs) -> None:
    asked = await runs.ask(await runs.file("customers", CUSTOMERS))
    await runs.work()
    await runs.admin.get(asked.location)
    again = await runs.admin.post(f"{asked.location}/again", mode="all")
    assert again.location == asked.location
    assert (await runs.admin.post(f"{asked.location}/again", mode="nonsense")).status == 400


async def test_all_attempts_are_listed_with_who_asked(runs: Runs) -> None:
    await refused(runs)
    page = await runs.page("/attempts")
    assert "Customers customers.csv Refused 4 3 refused" in page
    assert "by admin@acme.example" in page
    assert (await runs.admin.get(f"{HOME}/attempts?before=1")).status == 200
