import asyncio
import sqlite3
from pathlib import Path

import pytest

from store import idempotency
from tests.admin.api.house import House, Program, house
from tests.admin.api.records import customer


async def test_same_request_again_gets_the_same_answer(program: Program) -> None:
    first = await program.put("/customers/A100", customer(), Idempotency_Key="k-1")
    again = await program.put("/customers/A100", customer(), Idempotency_Key="k-1")
    assert first.json["outcome"] == "added"
    assert (again.status, again.body) == (first.status, first.body)
    assert (first.headers.get("Idempotent-Replay"), again.headers["Idempotent-Replay"]) == (None, "true")


async def test_refusal_is_kept_as_well(program: Program) -> None:
    first = await program.put("/customers/A100", customer(name=""), Idempotency_Key="k-1")
    again = await program.put("/customers/A100", customer(name=""), Idempotency_Key="k-1")
    assert first.status == again.status == 422 and first.body == again.body
    assert again.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/customers/A100", "/customers/A101", "/customers/A100?draft=true"])
async def test_key_of_another_request_is_refused(program: Program, path: str) -> None:
    await program.put("/customers/A100", customer(), Idempotency_Key="k-1")
    body = {"name": "Other"}
    answer = await program.put(path, body, Idempotency_Key="k-1")
    assert (answer.status, answer.problem) == (422, "key-reused")


async def test_keys_of_organisations_are_apart(house: House, program: Program) -> None:
    await program.put("/customers/A100", customer(), Idempotency_Key="k-1")
    program.token = (await house.token(await house.organisation("other"))).secret
    answer = await program.put("/customers/A100", customer(), Idempotency_Key="k-1")
    assert answer.json["outcome"] == "added"


async def test_tokens_of_an_organisation_share_keys(house: House, acme: int, program: Program) -> None:
    first = await program.put("/customers/A100", customer(), Idempotency_Key="k-1")
    program.token = (await house.token(acme)).secret
    assert (await program.put("/customers/A100", customer(), Idempotency_Key="k-1")).body == first.body


async def test_key_in_flight_is_a_conflict(house: House, acme: int, program: Program) -> None:
    answers = await asyncio.gather(
        *(program.put("/customers/A100", customer(), Idempotency_Key="k-1") for _ in range(2))
    )
    by_status = sorted(answers, key=lambda answer: answer.status)
    if by_status[1].status == 200:  # the first was done before the second came
        assert by_status[0].body == by_status[1].body
    else:
        assert (by_status[1].status, by_status[1].problem) == (409, "request-in-flight")
        assert by_status[1].headers["Retry-After"]


async def test_answer_survives_a_restart(tmp_path: Path) -> None:
    async with house(tmp_path) as opened:
        acme = await opened.organisation("acme")
        token = (await opened.token(acme)).secret
        async with opened.started() as program:
            program.token = token
            first = await program.put("/customers/A100", customer(), Idempotency_Key="k-1")
    async with house(tmp_path) as opened, opened.started() as program:
        program.token = token
        again = await program.put("/customers/A100", customer(), Idempotency_Key="k-1")
    assert (again.status, again.body) == (200, first.body)


async def test_failure_of_ours_leaves_the_key_free(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("admin.api.writes.bring", broken)
        assert (await program.put("/customers/A100", customer(), Idempotency_Key="k")).status == 500
    answer = await program.put("/customers/A100", customer(), Idempotency_Key="k")
    assert (answer.status, answer.json["outcome"]) == (200, "added")


async def test_key_is_free_again_when_its_answer_could_not_be_kept(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("admin.api.once.idempotency.finish", full)
        assert (await program.put("/customers/A100", customer(), Idempotency_Key="k")).status == 500
    answer = await program.put("/customers/A100", customer(), Idempotency_Key="k")
    assert (answer.status, answer.json["outcome"]) == (200, "unchanged")


async def test_key_is_free_after_a_day(house: House, program: Program) -> None:
    await program.put("/customers/A100", customer(), Idempotency_Key="k-1")
    house.now += idempotency.KEPT
    answer = await program.put("/customers/A100", customer(name="Other"), Idempotency_Key="k-1")
    assert answer.json["outcome"] == "updated"


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
async def test_bad_key_is_refused(program: Program, key: str) -> None:
    answer = await program.put("/customers/A100", customer(), Idempotency_Key=key)
    assert (answer.status, answer.problem) == (400, "bad-request")


async def test_actions_take_keys_too(program: Program) -> None:
    made = await program.put("/customers/A100?draft=true", customer())
    path = f"/batches/{made.json['batches'][0]['id']}/publish"
    first = await program.post(path, Idempotency_Key="p")
    assert (await program.post(path, Idempotency_Key="p")).body == first.body
