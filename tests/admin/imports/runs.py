"""Runs: an admin's browser on billing runs, files sent as a browser sends them, and children that import."""

import asyncio
import re
from html import unescape
from io import BytesIO

from edge.jobs.importer import Importer
from store import attempts, batches
from store.attempts import Attempt
from store.batches import Batch
from tests.fakes.admin_console import Answer, Browser, Console

HOME = "/organisations/acme/imports"
BOUNDARY = "a-boundary-of-the-browsers"
CUSTOMERS = "reference,name\nA1,Harbour Coffee Ltd\nA2,Quay Books\n"
INVOICES = (
    "number,account_reference,date,due,net,tax,gross\n"
    "INV-1,A1,2026-11-01,2026-12-01,100.00,20.00,120.00\n"
    "INV-2,A2,2026-11-01,2026-12-01,50.00,10.00,60.00\n"
)


def part(name: str, content: str | bytes, file_name: str | None = None) -> bytes:
    """One field of a form."""
    said = f'; filename="{file_name}"' if file_name is not None else ""
    body = content.encode() if isinstance(content, str) else content
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{said}\r\n\r\n'
    return head.encode() + body + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


class Runs:
    """What a test does in the console and beside it."""

    def __init__(self, console: Console, admin: Browser, home: str = HOME):
        self.console = console
        self.admin = admin
        self.home = home

    async def send(self, body: bytes, **headers: str) -> Answer:
        """Any body to the upload's route, from a page of ours."""
        sent = {
            "Host": self.admin.host,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.admin.cookies.items()),
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        }
        async with self.admin.client.post(
            f"{self.home}/files",
            data=BytesIO(body) if isinstance(body, bytes) else body,
            headers=sent | headers,
            allow_redirects=False,
        ) as response:
            return Answer(response.status, response.headers, await response.text())

    async def upload(self, kind: str, content: str | bytes, name: str = "") -> Answer:
        """Through the page, as people do."""
        await self.admin.get(f"{self.home}/new")
        return await self.send(
            part("csrf", self.admin.token)
            + part("kind", kind)
            + part("file", content, name or f"{kind}.csv")
            + END
        )

    async def file(self, kind: str, content: str | bytes, name: str = "") -> str:
        """The page of an uploaded file."""
        answer = await self.upload(kind, content, name)
        assert answer.status == 303, answer.text
        return answer.location

    async def filled(self, url: str) -> dict[str, str]:
        """The fields of a file's page as they are filled in."""
        page = (await self.admin.get(url)).text
        form = page[page.index('<form method="post" action="' + url + '" class="bulk"') :]
        fields = {}
        for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
            chosen = re.search(r'<option value="([^"]*)" selected', options)
            first = re.search(r'<option value="([^"]*)"', options)
            fields[name] = unescape((chosen or first)[1])  # type: ignore[index]
        for name, value in re.findall(r'<input id="[^"]+" name="([^"]+)" value="([^"]*)"', form):
            fields[name] = unescape(value)
        for name, value in re.findall(
            r'<input type="radio" [^>]*name="([^"]+)" value="([^"]+)" checked', form
        ):
            fields[name] = value
        return fields

    async def ask(self, url: str, do: str = "import", **changed: str) -> Answer:
        """Send a file's page as it is filled in, but for what is changed."""
        return await self.admin.post(url, **(await self.filled(url) | changed), do=do)

    async def work(self) -> None:
        """Let children make all imports that wait."""
        importer = Importer(self.console.store, self.console.clock)
        async with asyncio.timeout(60):
            await importer.round()
            while importer.looked_after or await self.console.store.read(_open):
                await asyncio.sleep(0.02)
                await importer.round()

    async def imported(self, kind: str, content: str | bytes, name: str = "") -> Batch:
        """A draft, through all pages."""
        asked = await self.ask(await self.file(kind, content, name))
        assert asked.status == 303, asked.text
        await self.work()
        attempt = await self.attempt(asked.location)
        assert attempt.state == "imported", attempt.outcome
        assert attempt.outcome.batch_id
        batch = await self.console.store.read(batches.by_id, 1, attempt.outcome.batch_id)
        assert batch
        return batch

    async def published(self, kind: str, content: str | bytes, name: str = "") -> Batch:
        """A batch that customers see."""
        batch = await self.imported(kind, content, name)
        await self.admin.get(f"{self.home}/{batch.id}")
        assert (await self.admin.post(f"{self.home}/{batch.id}/publish")).status == 303
        return batch

    async def attempt(self, url: str) -> Attempt:
        """The attempt of a page."""
        found = await self.console.store.read(attempts.find, 1, int(url.rsplit("/", 1)[1]))
        assert found
        return found

    async def page(self, path: str = "", status: int = 200) -> str:
        """The words of a page below the list of runs."""
        answer = await self.admin.get(f"{self.home}{path}")
        assert answer.status == status, f"{path}: {answer.status}"
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def _open(db: object) -> bool:
    waiting = db.execute("SELECT 1 FROM import_jobs WHERE state IN ('waiting', 'running')")  # type: ignore[attr-defined]
    return waiting.fetchone() is not None
