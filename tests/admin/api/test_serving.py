import gzip
import io
import json
from collections.abc import AsyncIterator

import pytest

from admin.api import bodies
from tests.admin.api.house import House, Program
from tests.admin.api.records import customer

LISTS = ("/customers", "/invoices", "/payments", "/batches", "/edits")


@pytest.mark.parametrize("path", ["/", "/nothing", "/customers/A/B", "//customers", "/customers/"])
async def test_unknown_path_is_a_problem(program: Program, path: str) -> None:
    answer = await program.send("GET", f"/api/v1{path}")
    assert (answer.status, answer.problem) == (404, "not-found")
    assert answer.json["instance"] == f"/api/v1{path}"


async def test_another_method_names_those_that_are_offered(program: Program) -> None:
    answer = await program.send("DELETE", "/customers")
    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, POST"


async def test_other_hosts_are_misdirected(program: Program) -> None:
    program.host = "admin.provider.example"
    answer = await program.get("/customers")
    assert (answer.status, answer.problem) == (421, "misdirected")


async def test_answers_carry_no_cookie_and_no_cors(program: Program) -> None:
    for answer in (
        await program.get("/customers"),
        await program.send("OPTIONS", "/customers", headers={"Origin": "https://elsewhere.example"}),
    ):
        names = {name.lower() for name in answer.headers}
        assert "set-cookie" not in names and not any(name.startswith("access-control") for name in names)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "server" not in names


@pytest.mark.parametrize(
    "content_type", ["text/csv", "application/xml", "application/json; charset=latin-1", ""]
)
async def test_other_content_is_not_taken(program: Program, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    answer = await program.send("PUT", "/customers/A100", data=b"{}", headers=headers)
    assert (answer.status, answer.problem) == (415, "wrong-content-type")


async def test_packed_body_is_not_taken(program: Program) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await program.send("PUT", "/customers/A100", data=gzip.compress(b"{}"), headers=headers)
    assert answer.status in (400, 415)


@pytest.mark.parametrize("chunked", [False, True])
async def test_body_that_is_too_large_is_refused(program: Program, chunked: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b" " * 2**20

    body = pieces() if chunked else io.BytesIO(b" " * (bodies.JSON_BYTES + 1))
    headers = {"Content-Type": "application/json"}
    answer = await program.send("POST", "/customers", data=body, headers=headers)
    assert (answer.status, answer.problem) == (413, "too-large")


@pytest.mark.parametrize("body", [b"", b"{", b"{'a': 1}", b"\xff\xfe", b'{"name": "\\ud800"}'])
async def test_what_is_no_json_is_said_so(program: Program, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await program.send("PUT", "/customers/A100", data=body, headers=headers)
    assert answer.status == 400 and answer.problem == "bad-request"


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"rows": [' + b"[" * 100_000, b'{"rows": ["\\ud800"]}'])
async def test_broken_rows_are_a_problem(program: Program, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await program.send("POST", "/customers", data=body, headers=headers)
    assert answer.status in (200, 400, 422)
    assert (await program.get("/customers")).json["data"] == []


@pytest.mark.parametrize("body", [[], 5, None, {"name": 5}, {"name": "x", "colour": "red"}, {}])
async def test_json_of_another_shape_names_the_place(program: Program, body: object) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await program.send("PUT", "/customers/A100", data=json.dumps(body), headers=headers)
    assert (answer.status, answer.problem) == (422, "refused")
    assert answer.json["errors"][0]["detail"]


async def test_body_where_none_is_taken_is_refused(program: Program) -> None:
    answer = await program.post("/batches/1/publish", {"a": 1})
    assert (answer.status, answer.problem) == (400, "bad-request")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=5&limit=6", "limit"),
        ("sort=name", "sort"),
        ("colour=red", ""),
        ("cursor=%00", "cursor"),
        ("cursor=AAAA", "cursor"),
        ("cursor=" + "A" * 1001, "cursor"),
    ],
)
async def test_bad_query_names_the_parameter(program: Program, query: str, field: str) -> None:
    answer = await program.send("GET", f"/api/v1/customers?{query}")
    assert (answer.status, answer.problem) == (400, "bad-request")
    if field:
        assert answer.json["errors"][0]["field"] == field


@pytest.mark.parametrize("path", ["/batches/0", "/batches/-1", "/batches/x", "/batches/" + "9" * 30])
async def test_what_can_be_no_id_is_not_there(program: Program, path: str) -> None:
    assert (await program.get(path)).status == 404


@pytest.mark.parametrize("name", ["INV%2F1", "%E2%82%AC", "a%20b", "%00", "%FF", "..%2F..", "%F0%9F%98%80"])
async def test_odd_names_in_the_path_are_names(program: Program, name: str) -> None:
    assert (await program.send("GET", f"/api/v1/invoices/{name}")).status == 404


async def test_name_with_a_slash_is_found_again(program: Program) -> None:
    put = await program.send("PUT", "/api/v1/customers/A%2F1", json=customer("A/1"))
    assert put.json["key"] == "A/1"
    assert (await program.send("GET", "/api/v1/customers/A%2F1")).json["reference"] == "A/1"


async def test_reads_over_the_limit_have_to_wait(house: House, program: Program) -> None:
    statuses = [(await program.get("/token")).status for _ in range(301)]
    assert statuses == [200] * 300 + [429]
    answer = await program.get("/token")
    assert "“reads”" in answer.json["detail"] and int(answer.headers["Retry-After"]) == 1
    house.passes(seconds=1)
    assert (await program.get("/token")).status == 200


async def test_limit_of_one_token_is_not_anothers(house: House, acme: int, program: Program) -> None:
    for _ in range(301):
        await program.get("/token")
    program.token = (await house.token(acme)).secret
    assert (await program.get("/token")).status == 200


async def test_failure_of_ours_is_a_problem_without_details(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("store.account_edit_log.page", broken)
    answer = await program.get("/edits")
    assert (answer.status, answer.problem) == (500, "failed")
    assert b"secret" not in answer.body
    assert any(record.exc_info for record in caplog.records)
