"""The demo, composed: a folder of its own, a DNS host, made-up companies, and the house that every operator runs."""

import asyncio
import json
import logging
import signal
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from aiohttp import web

from demo import browser, companies, configuration, panel, welcome
from demo.configuration import CNAME_TARGET, PROVIDER_DOMAIN, Ports
from demo.dns_server import DnsServer
from demo.pebble import NoPebble, Pebble
from demo.records import Record
from demo.zone import Zone
from edge.settings import Settings

log = logging.getLogger(__name__)


class CannotDemonstrate(Exception):
    """The demo cannot run here; the text says why and what to do."""


class Runs(Protocol):
    """Serves until `stop`; `edge.main.run` is the real one."""

    def __call__(
        self, settings: Settings, stop: asyncio.Event, ready: Callable[[object], None]
    ) -> Awaitable[None]: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command line asked for."""

    folder: Path
    port: int
    ca: str
    browser: bool


def serve(
    plan: Plan, *, run: Runs, loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None
) -> None:
    """Run the demo until Ctrl-C; `CannotDemonstrate`."""
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_serve(plan, run))


async def _serve(plan: Plan, run: Runs) -> None:
    folder = plan.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ports = configuration.free_ports(plan.port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        await _dns_host(folder, ports, stack)
        pebble = await _pebble(folder, ports, stack) if plan.ca == "pebble" else None
        settings = configuration.make(folder, ports, pebble)
        signins = await companies.set_up(settings, folder, _clock)
        root = settings.trust_file or settings.root_file

        def ready(_: object) -> None:
            print(welcome.text(ports, root, signins), flush=True)
            if window := _window(plan, folder, ports, root):
                stack.callback(window.terminate)

        await run(settings, stop, ready)


async def _dns_host(folder: Path, ports: Ports, stack: AsyncExitStack) -> None:
    """The DNS server and its control panel; what was entered there outlives the process."""
    zone = Zone({CNAME_TARGET: ["127.0.0.1"], f"*.{PROVIDER_DOMAIN}": ["127.0.0.1"]})
    kept = folder / "zone.json"
    entered = json.loads(kept.read_text("utf-8")) if kept.exists() else [_unvisited()]
    for record in entered:
        zone.add(Record(**record))
    server = DnsServer(zone)
    await server.start(ports.dns)
    stack.push_async_callback(server.close)
    app = panel.build(zone, server.questions, target=CNAME_TARGET)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", ports.panel).start()
    stack.callback(lambda: kept.write_text(json.dumps([asdict(r) for r in zone.every()]), "utf-8"))


def _unvisited() -> dict[str, object]:
    return asdict(Record(welcome.UNVISITED, "CNAME", f"{CNAME_TARGET}."))


async def _pebble(folder: Path, ports: Ports, stack: AsyncExitStack) -> Pebble:
    pebble = Pebble(folder)
    stack.push_async_callback(pebble.stop)
    try:
        await pebble.start(dns_port=ports.dns, http_port=ports.http, https_port=ports.https, now=_clock())
    except NoPebble as missing:
        raise CannotDemonstrate(str(missing)) from None
    return pebble


def _window(plan: Plan, folder: Path, ports: Ports, root: Path) -> "subprocess.Popen[bytes] | None":
    if not plan.browser:
        return None
    try:
        found = browser.prepare(folder / "browser", root, https_port=ports.https, http_port=ports.http)
    except browser.NoBrowser as missing:
        log.error("no browser", extra={"reason": str(missing)})
        return None
    return found.open(f"https://{welcome.UNVISITED}/")


def _clock() -> datetime:
    return datetime.now(UTC)
