"""`brassplate demo` as a newcomer starts it: another process, its printed words, and the browser that knows it."""

import asyncio
import contextlib
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, async_playwright

from demo import browser
from tests.peers.ports import free_port

READY_SECONDS = 60
LAST_WORDS = "Stop with Ctrl-C"


@dataclass
class Demo:
    """A running demo and what it printed."""

    printed: str
    folder: Path
    https_port: int

    def password(self, email: str) -> str:
        """The password that was printed beside an address."""
        found = re.search(rf"{re.escape(email)}\s+(\S+)", self.printed)
        assert found, email
        return found[1]

    def address(self, label: str) -> str:
        """The first URL after a label."""
        found = re.search(rf"{re.escape(label)}\s+(https?://\S+)", self.printed)
        assert found, label
        return found[1]

    def curl_line(self) -> str:
        """The command of the first handshake, exactly as printed."""
        found = re.search(r"curl .*\\\n.*", self.printed)
        assert found
        return found[0]

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    @property
    def http_port(self) -> int:
        found = re.search(
            r'^http = \["127.0.0.1:(\d+)"\]', (self.folder / "brassplate.toml").read_text(), re.M
        )
        assert found
        return int(found[1])


@dataclass
class Complaints:
    """What a page said on its console, and what it loaded from elsewhere."""

    said: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("requestfailed", self._hear_failure)

    def _hear_failure(self, request: Request) -> None:
        if "ERR_ABORTED" not in str(request.failure):  # so Chromium calls a navigation that became a download
            self.said.append(f"{request.url}: {request.failure}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text}")


@contextlib.asynccontextmanager
async def demo(folder: Path, *arguments: str) -> AsyncIterator[Demo]:
    """Start the demo, wait for its last words, end it."""
    port, log = free_port(), folder.parent / "demo.log"
    command = (sys.executable, "-m", "edge", "demo", "--directory", str(folder), "--port", str(port))
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *command, *arguments, stdout=asyncio.subprocess.PIPE, stderr=errors
        )
    assert process.stdout
    try:
        printed = ""
        async with asyncio.timeout(READY_SECONDS):
            while LAST_WORDS not in printed:
                line = await process.stdout.readline()
                assert line, log.read_text()
                printed += line.decode()
        yield Demo(printed, folder, port)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(30):
                    _ = await process.wait()
            except TimeoutError:
                process.kill()
                _ = await process.wait()


@contextlib.asynccontextmanager
async def chromium(running: Demo, home: Path, *, scripts: bool = True) -> AsyncIterator[BrowserContext]:
    """The browser of `make demo-browser`, headless: its own HOME, trust in this CA alone, every name here."""
    ready = browser.prepare(home, running.root, https_port=running.https_port, http_port=running.http_port)
    arguments = [each for each in ready.arguments if not each.startswith("--user-data-dir")]
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(home / "profile"),
            executable_path=ready.program,
            args=[*arguments, "--disable-gpu"],
            env=dict(ready.environment),
            java_script_enabled=scripts,
            chromium_sandbox=False,
        )
        try:
            yield context
        finally:
            await context.close()
