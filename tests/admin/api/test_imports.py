from pathlib import Path

import pytest

from store import attempts, import_jobs, refused_rows, uploads
from store.attempts import Outcome
from store.importing.run import Task, import_csv
from store.upload_folder import UploadFolder
from tests.admin.api.house import Answer, House, Program

CSV = b"reference,name\nA100,Harbour Coffee Ltd\nA200,\n"


async def send(
    program: Program, content: bytes = CSV, query: str = "kind=customers", **headers: str
) -> Answer:
    dashed = {name.replace("_", "-"): value for name, value in headers.items()}
    return await program.send(
        "POST", f"/api/v1/imports?{query}", data=content, headers={"Content-Type": "text/csv", **dashed}
    )


def files(house: House) -> list[Path]:
    folder = UploadFolder(house.store.path).path
    return sorted(folder.iterdir()) if folder.is_dir() else []


async def test_file_is_kept_and_its_import_queued(house: House, acme: int, program: Program) -> None:
    answer = await send(program, query="kind=customers&mode=goodRows&draft=true&file_name=new.csv")
    assert (answer.status, answer.json["state"]) == (202, "waiting")
    job = await house.store.read(import_jobs.find, acme, answer.json["id"])
    assert job and job.state == "waiting"
    upload = await house.store.read(uploads.find, acme, job.upload_id)
    assert upload and upload.here and (upload.size, upload.actor) == (len(CSV), "token:1")
    attempt = await house.store.read(attempts.find, acme, answer.json["id"])
    assert attempt and (attempt.asked.mode, attempt.asked.draft) == ("good_rows", True)
    assert [path.read_bytes() for path in files(house)] == [CSV]


async def test_job_tells_what_came_of_the_import(house: House, acme: int, program: Program) -> None:
    number = (await send(program, query="kind=customers&mode=goodRows")).json["id"]
    (file,) = files(house)
    task = Task(
        "customers", file, "acme", good_rows=True, actor="token:1", attempt_id=number, file_name="api.csv"
    )
    import_csv(house.store.path, task, house.clock)
    job = (await program.get(f"/jobs/{number}")).json
    assert (job["state"], job["rows_added"], job["rows_refused"]) == ("imported", 1, 1)
    assert (await program.get(f"/batches/{job['batch']}")).json["state"] == "published"
    assert (await program.get("/customers/A100")).status == 200
    refused = (await program.get(f"/jobs/{number}/refused-rows")).json
    assert refused["header"] == ["reference", "name"]
    assert [(row["row"], row["cells"]) for row in refused["data"]] == [(3, ["A200", ""])]


async def test_refused_rows_come_in_pages(house: House, acme: int, program: Program) -> None:
    number = (await send(program)).json["id"]
    rows = [(row, "is empty", refused_rows.packed(["x"])) for row in range(2, 9)]
    await house.store.write(refused_rows.put, acme, number, rows)
    await house.store.write(attempts.finish, acme, number, Outcome("refused"), house.now)
    found, cursor = [], ""
    while cursor is not None:
        page = (await program.get(f"/jobs/{number}/refused-rows", limit="3", cursor=cursor)).json
        found += [row["row"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert found == list(range(2, 9))


async def test_same_file_under_its_key_is_imported_once(house: House, program: Program) -> None:
    first = await send(program, Idempotency_Key="f-1")
    again = await send(program, Idempotency_Key="f-1")
    assert (again.status, again.body) == (202, first.body)
    other = await send(program, CSV + b"A300,Other\n", Idempotency_Key="f-1")
    assert (other.status, other.problem) == (422, "key-reused")
    assert len(files(house)) == 1


@pytest.mark.parametrize(
    ("query", "content", "status"),
    [
        ("", CSV, 400),
        ("kind=users", CSV, 400),
        ("kind=customers&mode=some", CSV, 400),
        ("kind=documents", CSV, 415),
        ("kind=customers&source=nobody", CSV, 422),
        ("kind=customers", b"", 422),
    ],
)
async def test_refused_file_leaves_nothing(
    house: House, acme: int, program: Program, query: str, content: bytes, status: int
) -> None:
    assert (await send(program, content, query)).status == status
    assert files(house) == []
    assert await house.store.read(uploads.here, acme) == []
    assert await house.store.read(attempts.page, acme) == []


async def test_file_needs_the_scope_of_what_it_holds(house: House, acme: int, program: Program) -> None:
    program.token = (await house.token(acme, "calls:write")).secret
    answer = await send(program)
    assert (answer.status, answer.problem) == (403, "scope-missing")
    assert (await send(program, query="kind=calls")).status == 202


async def test_file_that_is_announced_too_large_is_refused_before_it_comes(
    house: House, program: Program
) -> None:
    answer = await send(program, Content_Length=str(600 * 2**20))
    assert (answer.status, answer.problem) == (413, "too-large")
    assert files(house) == []
