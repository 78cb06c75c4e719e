"""Uploads: what is hostile, broken or too much ends in words and leaves no file behind."""

import asyncio
import errno
import shutil
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from admin.imports import receiving
from admin.rights import STREAMED
from store import upload_folder, uploads
from store.upload_folder import Incoming, UploadFolder
from tests.admin.imports.runs import BOUNDARY, CUSTOMERS, END, HOME, Runs, part
from tests.fakes.admin_console import Console


def folder(console: Console) -> Path:
    return UploadFolder(console.store.path).path


def files(console: Console) -> list[Path]:
    return sorted(folder(console).iterdir()) if folder(console).is_dir() else []


async def kept(console: Console) -> int:
    row = await console.store.read(
        lambda db: db.execute("SELECT count(*) FROM uploads WHERE removed_at IS NULL").fetchone()
    )
    return int(row[0])


@pytest.fixture
async def form(runs: Runs) -> bytes:
    """The fields that come before the file."""
    await runs.admin.get(f"{HOME}/new")
    return part("csrf", runs.admin.token) + part("kind", "customers")


async def test_file_is_kept_as_it_came_its_owners_alone_under_a_name_of_ours(
    runs: Runs, console: Console, form: bytes
) -> None:
    content = bytes(range(256)) * 9000 + b"\r\n--a-bound"
    answer = await runs.send(form + part("file", content, "../../etc/my customers.csv") + END)
    assert answer.status == 303
    [file] = files(console)
    assert file.read_bytes() == content
    assert (file.stat().st_mode & 0o777, folder(console).stat().st_mode & 0o777) == (0o600, 0o700)
    upload = await console.store.read(uploads.find, 1, 1)
    assert upload and upload.here
    assert (upload.file_name, upload.size, upload.actor) == ("my customers.csv", len(content), "staff:1")
    assert file.name == upload.stored_name != upload.file_name


async def test_streamed_forms_are_the_uploads_alone() -> None:
    assert STREAMED == {"import_upload", "brand_upload", "certificate_upload"}


@pytest.mark.parametrize(
    "fields",
    [
        part("kind", "customers"),
        part("csrf", "wrong") + part("kind", "customers"),
        part("csrf", "") + part("kind", "customers"),
        part("file", "a,b\n", "a.csv"),
        b"",
    ],
)
async def test_token_must_come_first_and_be_right(runs: Runs, console: Console, fields: bytes) -> None:
    token = part("csrf", runs.admin.token)
    answer = await runs.send(fields + part("file", CUSTOMERS, "c.csv") + token + END)
    assert answer.status == 403
    assert files(console) == []


async def test_form_of_another_site_is_refused(runs: Runs, console: Console, form: bytes) -> None:
    body = form + part("file", CUSTOMERS, "c.csv") + END
    assert (await runs.send(body, **{"Sec-Fetch-Site": "cross-site"})).status == 403
    assert files(console) == []


async def test_token_may_come_in_a_header(runs: Runs, console: Console) -> None:
    await runs.admin.get(f"{HOME}/new")
    body = part("kind", "customers") + part("file", CUSTOMERS, "c.csv") + END
    assert (await runs.send(body, **{"X-CSRF-Token": runs.admin.token})).status == 303


async def test_stranger_sends_nothing(console: Console, browser: object) -> None:
    strange = Runs(console, browser)  # type: ignore[arg-type]
    answer = await strange.send(part("csrf", "x") + part("file", CUSTOMERS, "c.csv") + END)
    assert (answer.status, answer.location) == (303, "/sign-in")
    assert files(console) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (part("file", CUSTOMERS, "c.csv"), "Choose what the file holds."),
        (part("kind", "nonsense") + part("file", CUSTOMERS, "c.csv"), "Choose what the file holds."),
        (part("kind", "customers"), "Choose a file to upload."),
        (part("kind", "customers") + part("file", "", ""), "Choose a file to upload."),
        (part("kind", "customers") + part("other", "x", "x.csv"), "Choose a file to upload."),
        (part("kind", "customers") + part("file", "no name at all"), "Choose a file to upload."),
        (part("kind", "customers") + part("file", "", "empty.csv"), "The file is empty."),
    ],
)
async def test_incomplete_form_is_shown_again_with_what_is_missing(
    runs: Runs, console: Console, body: bytes, words: str
) -> None:
    await runs.admin.get(f"{HOME}/new")
    answer = await runs.send(part("csrf", runs.admin.token) + body + END)
    assert answer.status == 422
    assert words in answer.text
    assert 'class="error-summary"' in answer.text
    assert files(console) == []
    assert await kept(console) == 0


BROKEN = {
    "no end": b"--a-boundary-of-the-browsers\r\nContent-Disposition: form-data; name=file",
    "cut off": part("file", b"x" * 300_000, "c.csv")[:-40],
    "more after the file": part("file", CUSTOMERS, "c.csv") + part("more", "x") + END,
    "huge header": b"--" + BOUNDARY.encode() + b"\r\nX: " + b"y" * 60_000 + b"\r\n\r\nz\r\n" + END,
    "many headers": b"--" + BOUNDARY.encode() + b"\r\n" + b"A: b\r\n" * 500 + b"\r\nz\r\n" + END,
    "nested": b"--"
    + BOUNDARY.encode()
    + b"\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x--\r\n"
    + END,
    "noise": bytes(range(256)) * 400,
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
async def test_broken_form_is_refused_and_leaves_nothing(
    runs: Runs, console: Console, form: bytes, body: bytes
) -> None:
    answer = await runs.send(form + body)
    assert answer.status in (400, 422)
    assert files(console) == []
    assert await kept(console) == 0


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "text/csv", "multipart/mixed; boundary=x", ""]
)
async def test_what_is_no_such_form_is_refused(
    runs: Runs, console: Console, form: bytes, content_type: str
) -> None:
    body = form + part("file", CUSTOMERS, "c.csv") + END
    answer = await runs.send(
        body, **{"Content-Type": content_type or "x/y", "X-CSRF-Token": runs.admin.token}
    )
    assert answer.status == 400
    assert files(console) == []


async def test_long_field_is_refused(runs: Runs, console: Console) -> None:
    await runs.admin.get(f"{HOME}/new")
    body = part("csrf", runs.admin.token) + part("kind", "x" * 70_000) + part("file", "a", "a.csv") + END
    assert (await runs.send(body)).status == 400


async def test_too_large_a_file_is_refused_by_what_it_announces(
    runs: Runs, console: Console, form: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "LARGEST_BYTES", 1000)
    monkeypatch.setattr(receiving, "FORM_BYTES", 1000)
    answer = await runs.send(form + part("file", b"x" * 3000, "c.csv") + END)
    assert answer.status == 413
    assert "larger than" in answer.text
    assert files(console) == []


async def test_too_large_a_file_is_refused_while_it_streams(
    runs: Runs, console: Console, form: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "LARGEST_BYTES", 2000)
    answer = await runs.send(form + part("file", b"x" * 3000, "c.csv") + END)
    assert answer.status == 413
    assert 'value="customers" checked' in answer.text
    assert files(console) == []
    assert await kept(console) == 0


async def test_form_that_does_not_say_how_long_it_is_is_refused(runs: Runs, form: bytes) -> None:
    async def pieces():  # type: ignore[no-untyped-def]
        yield form

    assert (await runs.send(pieces())).status == 411  # type: ignore[no-untyped-call]


async def test_full_disk_is_said_before_and_while(
    runs: Runs, console: Console, form: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(incoming: Incoming, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    body = form + part("file", CUSTOMERS, "c.csv") + END
    with monkeypatch.context() as patched:
        patched.setattr(Incoming, "write", full)
        answer = await runs.send(body)
    assert answer.status == 507
    assert "no room" in answer.text
    monkeypatch.setattr(upload_folder, "RESERVE_BYTES", shutil.disk_usage("/").total * 2)
    assert (await runs.send(body)).status == 507
    assert files(console) == []
    assert await kept(console) == 0


async def test_organisation_has_so_many_files_at_most(
    runs: Runs, console: Console, form: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    body = form + part("file", CUSTOMERS, "c.csv") + END
    assert [(await runs.send(body)).status for _ in range(3)] == [303, 303, 422]
    assert len(files(console)) == 2
    await runs.admin.get(f"{HOME}/files/1")
    assert (await runs.admin.post(f"{HOME}/files/1/remove")).location == f"{HOME}?removed=1"
    assert len(files(console)) == 1
    assert (await runs.send(body)).status == 303


async def test_sender_who_leaves_half_way_leaves_no_file(runs: Runs, console: Console, form: bytes) -> None:
    server = runs.admin.client.server
    assert isinstance(server, TestServer)
    reader, writer = await asyncio.open_connection(server.host, server.port)
    cookies = "; ".join(f"{name}={value}" for name, value in runs.admin.cookies.items())
    head = (
        f"POST {HOME}/files HTTP/1.1\r\nHost: {runs.admin.host}\r\nCookie: {cookies}\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Length: 9000000\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    begun = part("file", b"x" * 3_000_000, "c.csv")
    writer.write(head.encode() + form + begun)
    await writer.drain()
    async with asyncio.timeout(10):
        while not any(file.stat().st_size for file in files(console)):
            await asyncio.sleep(0.01)
        assert await kept(console) == 1
        writer.close()
        while files(console) or await kept(console):
            await asyncio.sleep(0.01)
    assert reader


async def test_sender_who_falls_silent_is_not_waited_for(
    runs: Runs, console: Console, form: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "IDLE_SECONDS", 0.2)

    async def pieces():  # type: ignore[no-untyped-def]
        yield form + part("file", b"x" * 100, "c.csv")[:-2]
        await asyncio.sleep(3)

    answer = await runs.send(pieces(), **{"Content-Length": "5000"})  # type: ignore[no-untyped-call]
    assert answer.status == 408
    assert files(console) == []


async def test_zip_that_claims_ten_gigabytes_is_refused_in_words(runs: Runs, console: Console) -> None:
    asked = await runs.ask(await runs.file("documents", claims_ten_gigabytes(), "bills.zip"))
    await runs.work()
    attempt = await runs.attempt(asked.location)
    assert attempt.state in ("refused", "failed")
    page = await runs.page(asked.location.removeprefix(HOME))
    assert "larger than the 20 MiB" in page or "unpacks to more" in page


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("documents", b"this is no archive"),
        ("customers", b"PK\x03\x04 a spreadsheet"),
        ("customers", "reference,name\n".encode("utf-16")),
        ("customers", b"\x00\x01\x02\x03"),
        ("calls", b'external_id,"account_reference\n' + b"x" * 200_000),
    ],
)
async def test_wrong_sort_of_file_ends_in_words(runs: Runs, kind: str, content: bytes) -> None:
    url = await runs.file(kind, content, "odd.csv")
    page = await runs.admin.get(url)
    assert page.status == 200
    if kind == "documents":
        asked = await runs.ask(url)
        await runs.work()
        assert (await runs.attempt(asked.location)).state == "failed"
        assert "zip" in (await runs.page(asked.location.removeprefix(HOME))).lower()
    else:
        assert 'role="alert"' in page.text or "needed" in page.text
        asked = await runs.admin.post(url, do="import")
        assert asked.status == 422


def claims_ten_gigabytes() -> bytes:
    """A ZIP whose directory says ten gigabytes of a member that has a few bytes."""
    import io
    import struct
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("INV-1.pdf", b"%PDF-1.7")
    content = bytearray(made.getvalue())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 0xFFFFFFFE)
    return bytes(content)
