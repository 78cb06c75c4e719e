"""Importer: children import, are cancelled, killed, limited; a server that dies loses nothing."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from edge.jobs.importer import EVERY_SECONDS, Limits
from store import batches, import_jobs, leases, organisations
from store.database import Store
from tests import factories
from tests.edge.jobs.import_house import CUSTOMERS, ImportHouse, customers_text, now

ROOT = Path(__file__).resolve().parents[3]
MANY = customers_text(120_000)
"""An import of these takes some seconds, so that something can happen meanwhile."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ImportHouse]:
    store = await Store.open(tmp_path / "the store.db")
    await store.write(factories.organisation)
    yield ImportHouse(store)
    await store.close()


def kill(owner: str, number: signal.Signals = signal.SIGKILL) -> None:
    assert leases.lives(owner)
    os.kill(int(owner.split()[1]), number)


async def test_import_becomes_a_draft_and_its_file_goes(house: ImportHouse) -> None:
    asked = await house.ask(await house.send(CUSTOMERS))
    async with house.running():
        job, attempt = await house.over(asked)
    assert (job.state, attempt.state, attempt.outcome.rows_added) == ("done", "imported", 2)
    assert attempt.asked.file_name == "customers.csv"
    assert await house.states() == [("customers", "draft")]
    assert house.files() == []


async def test_dry_run_keeps_the_file_for_the_import_that_follows(house: ImportHouse) -> None:
    upload_id = await house.send(CUSTOMERS)
    checked, asked = await house.ask(upload_id, mode="dry_run"), await house.ask(upload_id)
    async with house.running():
        assert (await house.over(checked))[1].state == "checked"
        assert (await house.over(asked))[1].state == "imported"
    assert house.files() == []


async def test_refused_file_stays_to_be_tried_otherwise(house: ImportHouse) -> None:
    asked = await house.ask(await house.send("reference,name\nA1,\n"))
    async with house.running():
        job, attempt = await house.over(asked)
    assert (job.state, attempt.state, attempt.outcome.rows_refused) == ("done", "refused", 1)
    assert len(house.files()) == 1
    assert await house.states() == []


async def test_child_gets_neither_our_settings_nor_our_secrets(
    house: ImportHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings that came by environment are ours: a child that read them would look for another store."""
    monkeypatch.setenv("BRASSPLATE_STORE__URL", "sqlite:////nowhere/at/all.db")
    monkeypatch.setenv("BRASSPLATE_CONFIG", "/nowhere/brassplate.toml")
    asked = await house.ask(await house.send(MANY))
    async with house.running():
        job, _ = await house.merging(asked)
        environment = Path(f"/proc/{job.child.split()[1]}/environ").read_bytes().split(b"\0")
        words = Path(f"/proc/{job.child.split()[1]}/cmdline").read_bytes()
        _, attempt = await house.over(asked)
    names = {entry.partition(b"=")[0].decode() for entry in environment if entry}
    assert names <= {"PATH", "TMPDIR", "TZDIR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_ALL"}
    assert str(house.store.path.resolve()).encode() in words.split(b"\0")
    assert attempt.state == "imported"


async def test_child_is_nice_and_limited(house: ImportHouse) -> None:
    asked = await house.ask(await house.send(MANY))
    async with house.running(Limits(memory=3 * 2**30)):
        job, _ = await house.merging(asked)
        pid = job.child.split()[1]
        nice = int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[16])
        limits = Path(f"/proc/{pid}/limits").read_text()
    address_space = next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert nice == 10
    assert str(3 * 2**30) in address_space


async def test_one_import_an_organisation_and_two_in_all_run_at_once(house: ImportHouse) -> None:
    for slug in ("second", "third"):
        await house.store.write(factories.organisation, slug, slug)
    asked = {}
    for organisation_id in (1, 1, 2, 3):
        upload_id = await house.send(CUSTOMERS, organisation_id=organisation_id)
        attempt_id = await house.ask(upload_id, organisation_id=organisation_id)
        asked[attempt_id] = organisation_id
    begun = [await house.store.write(import_jobs.claim, leases.this_process(), now()) for _ in range(3)]
    assert [job.organisation_id for job in begun if job] == [1, 2]
    async with house.running(), asyncio.timeout(60):
        for attempt_id, organisation_id in asked.items():
            while (await house.job(attempt_id, organisation_id)).open:
                await asyncio.sleep(0.02)
    assert {(await house.job(*each)).state for each in asked.items()} == {"done"}


async def test_suspended_organisation_imports_nothing(house: ImportHouse) -> None:
    await house.ask(await house.send(CUSTOMERS))
    await house.store.write(organisations.set_suspended, 1, True)
    assert await house.store.read(import_jobs.claimable) is None


async def test_cancelled_while_it_runs_leaves_nothing(house: ImportHouse) -> None:
    asked = await house.ask(await house.send(MANY))
    async with house.running():
        await house.merging(asked)
        job = await house.store.write(import_jobs.cancel, 1, asked, "staff:1", now())
        assert job
        kill(job.child, signal.SIGSTOP)  # else it may be through before anybody looks
        await asyncio.sleep(2 * EVERY_SECONDS)
        kill(job.child, signal.SIGCONT)
        job, attempt = await house.over(asked)
    assert (job.state, attempt.state) == ("cancelled", "failed")
    assert await house.states() == [("customers", "abandoned")]
    rows = await house.store.read(lambda db: db.execute("SELECT count(*) FROM account_revisions").fetchone())
    assert rows[0] == 0


async def test_cancelled_while_it_waits_never_begins(house: ImportHouse) -> None:
    asked = await house.ask(await house.send(CUSTOMERS))
    await house.store.write(import_jobs.cancel, 1, asked, "staff:1", now())
    job, attempt = await house.over(asked)
    assert (job.state, attempt.state) == ("cancelled", "failed")
    assert await house.store.read(import_jobs.claimable) is None


async def test_killed_child_is_a_failure_that_leaves_nothing_in_the_way(house: ImportHouse) -> None:
    upload_id = await house.send(MANY)
    asked = await house.ask(upload_id)
    async with house.running():
        job, _ = await house.merging(asked)
        kill(job.child)
        job, attempt = await house.over(asked)
        assert (job.state, attempt.state) == ("failed", "failed")
        assert "signal 9" in attempt.outcome.reason or "died" in attempt.outcome.reason
        assert await house.states() == [("customers", "abandoned")]
        assert not list(house.store.path.parent.glob("*.import_*"))
        again = await house.ask(upload_id)
        assert (await house.over(again))[1].state == "imported"


async def test_import_that_takes_too_long_is_ended(house: ImportHouse) -> None:
    asked = await house.ask(await house.send(MANY))
    async with house.running(Limits(time=timedelta())):
        job, attempt = await house.over(asked)
    assert (job.state, attempt.state) == ("failed", "failed")
    assert await house.store.read(batches.staging) == []


async def test_import_without_memory_fails_and_says_so(house: ImportHouse) -> None:
    asked = await house.ask(await house.send(MANY))
    async with house.running(Limits(memory=24 * 2**20)):
        job, attempt = await house.over(asked)
    assert (job.state, attempt.state) == ("failed", "failed")
    assert attempt.outcome.reason
    assert [state for _, state in await house.states() if state != "abandoned"] == []


async def test_server_that_stops_lets_the_job_wait_and_the_next_one_does_it(house: ImportHouse) -> None:
    asked = await house.ask(await house.send(MANY))
    async with house.running():
        job, _ = await house.merging(asked)
    assert not leases.lives(job.child)
    assert ((await house.job(asked)).state, (await house.attempt(asked)).state) == ("waiting", "waiting")
    async with house.running():
        job, attempt = await house.over(asked)
    assert (job.state, job.tries, attempt.outcome.rows_added) == ("done", 2, 120_000)


async def test_child_of_a_dead_server_is_waited_for(house: ImportHouse, dead: str) -> None:
    asked = await house.ask(await house.send(MANY))
    async with house.running():
        job, _ = await house.merging(asked)
        child = job.child
        await house.store.write(give_to, asked, dead, child)
        async with house.running():
            job, attempt = await house.over(asked)
    assert (job.state, job.tries, attempt.state) == ("done", 1, "imported")


async def test_job_whose_server_and_child_died_is_begun_again(house: ImportHouse, dead: str) -> None:
    asked = await house.ask(await house.send(CUSTOMERS))
    assert await house.store.write(import_jobs.claim, dead, now())
    await house.store.write(import_jobs.set_child, 1, asked, dead)
    async with house.running():
        job, attempt = await house.over(asked)
    assert (job.state, job.tries, attempt.state) == ("done", 2, "imported")


@pytest.mark.parametrize("child_too", [False, True], ids=["the child lives on", "the child dies too"])
async def test_killed_server_loses_no_import(house: ImportHouse, child_too: bool) -> None:
    asked = await house.ask(await house.send(MANY))
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.edge.jobs.import_server", str(house.store.path), cwd=ROOT
    )
    try:
        await house.merging(asked)
        job, _ = await house.until(asked, lambda job, attempt: bool(job.child))
    finally:
        server.kill()
        await server.wait()
    assert leases.lives(job.child)
    if child_too:
        kill(job.child)
    async with house.running():
        job, attempt = await house.over(asked)
    assert (job.state, job.tries) == ("done", 2 if child_too else 1)
    assert (attempt.state, attempt.outcome.rows_added) == ("imported", 120_000)
    assert [state for _, state in await house.states() if state != "abandoned"] == ["draft"]


async def test_job_that_takes_its_server_down_is_given_up(house: ImportHouse, dead: str) -> None:
    asked = await house.ask(await house.send(CUSTOMERS))
    for _ in range(import_jobs.MOST_TRIES - 1):
        assert await house.store.write(import_jobs.claim, dead, now())
        assert await house.store.write(import_jobs.wait_again, 1, asked)
    assert await house.store.write(import_jobs.claim, dead, now())
    async with house.running():
        job, attempt = await house.over(asked)
    assert (job.state, attempt.state) == ("failed", "failed")
    assert "begun 3 times" in attempt.outcome.reason


async def test_job_without_its_file_fails_in_words(house: ImportHouse) -> None:
    asked = await house.ask(await house.send(CUSTOMERS))
    house.files()[0].unlink()
    async with house.running():
        job, attempt = await house.over(asked)
    assert (job.state, attempt.state) == ("failed", "failed")
    assert "upload it again" in attempt.outcome.reason


async def test_job_whose_source_is_gone_fails(house: ImportHouse) -> None:
    asked = await house.ask(await house.send(CUSTOMERS), source="nowhere")
    async with house.running():
        job, attempt = await house.over(asked)
    assert (job.state, attempt.state) == ("failed", "failed")


async def test_job_of_an_organisation_that_is_removed_is_let_go(house: ImportHouse) -> None:
    asked = await house.ask(await house.send(MANY))
    async with house.running():
        job, _ = await house.merging(asked)
        await house.store.write(lambda db: db.execute("DELETE FROM import_jobs"))
        async with asyncio.timeout(60):
            while leases.lives(job.child):
                await asyncio.sleep(0.05)
    assert await house.store.read(batches.staging) == []


@pytest.fixture
def dead() -> str:
    """The owner text of a process that lives no more."""
    return leases.this_process().rsplit(" ", 1)[0] + " 1"


def give_to(db: object, attempt_id: int, owner: str, child: str) -> None:
    """As if another server had begun it, and died."""
    db.execute(  # type: ignore[attr-defined]
        "UPDATE import_jobs SET owner = ?, child = ? WHERE attempt_id = ?", (owner, child, attempt_id)
    )
