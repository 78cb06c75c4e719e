"""The demo, composed: a folder of its own, a DNS host, made-up companies, and the house that every operator runs."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from aiohttp import web

from demo import browser, companies, configuration, panel, welcome, zone_file
from demo.companies import SignIn
from demo.configuration import ADMIN_HOST, CNAME_TARGET, PROVIDER_DOMAIN, NoFreePort, Ports
from demo.dns_server import DnsServer
from demo.folder import InUse, alone
from demo.pebble import NoPebble, Pebble
from demo.records import Record
from demo.zone import Zone
from edge.settings import Settings

WINDOW_SECONDS = 5.0


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
    folder = plan.folder.resolve()
    try:
        # outside of the loop: a thread of an interrupted set-up ends before the folder is given back
        with alone(folder), asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(_serve(plan, folder, run))
    except InUse:
        raise CannotDemonstrate(
            f"another demo runs in {folder}: stop it, or choose another with --directory"
        ) from None
    except (NoPebble, NoFreePort) as missing:
        raise CannotDemonstrate(str(missing)) from None


async def _serve(plan: Plan, folder: Path, run: Runs) -> None:
    ending = _Ending()
    with suppress(asyncio.CancelledError):
        async with AsyncExitStack() as stack:
            ports, settings, signins = await _prepare(plan, folder, stack)
            root = settings.trust_file or settings.root_file

            def ready(_: object) -> None:
                print(welcome.text(ports, root, signins, plan.ca), flush=True)
                if plan.browser and (window := _open_window(folder, ports, root)):
                    stack.callback(_close, window)
                    # or its idle connections would be waited for
                    ending.first = window.terminate

            ending.serving = True
            await run(settings, ending.stop, ready)
    if not ending.serving:
        print("\nStopped while setting up; the next start completes it.", file=sys.stderr)


class _Ending:
    """What Ctrl-C and SIGTERM do: a set-up is dropped, a running demo stops in order, at the second time at once."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.serving = False
        self.first: Callable[[], None] = lambda: None
        self._task = asyncio.current_task()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._heard)

    def _heard(self) -> None:
        if self.serving and not self.stop.is_set():
            self.first()
            self.stop.set()
        elif self._task:
            self._task.cancel()


async def _prepare(plan: Plan, folder: Path, stack: AsyncExitStack) -> tuple[Ports, Settings, list[SignIn]]:
    """All that stands before the house opens."""
    for note in _notes(plan, folder):
        print(note, flush=True)
    signins = await companies.set_up(configuration.store(folder, plan.ca), _clock)
    # only now: a port that is free may be taken while companies are made up
    ports = configuration.free_ports(plan.port)
    if ports.https != plan.port:
        print(welcome.taken(plan.port, ports), flush=True)
    await _dns_host(folder, ports, stack)
    pebble = await _pebble(folder, ports, stack) if plan.ca == "pebble" else None
    return ports, configuration.make(folder, ports, pebble), signins


def _notes(plan: Plan, folder: Path) -> Iterator[str]:
    store, other = (configuration.store(folder, ca) for ca in (plan.ca, _other(plan.ca)))
    if other.exists():
        yield welcome.other_ca(folder, plan.ca)
    if not companies.is_set_up(store):
        if store.exists():
            yield welcome.AFRESH
        yield welcome.MAKING


def _other(ca: str) -> str:
    return "local" if ca == "pebble" else "pebble"


async def _dns_host(folder: Path, ports: Ports, stack: AsyncExitStack) -> None:
    """The DNS server and its control panel; what was entered there outlives the process."""
    zone = Zone({CNAME_TARGET: ["127.0.0.1"], f"*.{PROVIDER_DOMAIN}": ["127.0.0.1"]})
    kept = folder / "zone.json"
    zone_file.load(zone, kept, [Record(welcome.UNVISITED, "CNAME", f"{CNAME_TARGET}.")])
    server = DnsServer(zone)
    await server.start(ports.dns)
    stack.push_async_callback(server.close)
    app = panel.build(zone, server.questions, target=CNAME_TARGET, changed=lambda: zone_file.save(zone, kept))
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", ports.panel).start()


async def _pebble(folder: Path, ports: Ports, stack: AsyncExitStack) -> Pebble:
    pebble = Pebble(folder, ports.ca, ports.ca_management)
    stack.push_async_callback(pebble.stop)
    await pebble.start(dns_port=ports.dns, http_port=ports.http, https_port=ports.https, now=_clock())
    return pebble


def _open_window(folder: Path, ports: Ports, root: Path) -> "subprocess.Popen[bytes] | None":
    try:
        found = browser.prepare(folder / "browser", root, https_port=ports.https, http_port=ports.http)
    except browser.NoBrowser as missing:
        print(f"No browser was opened: {missing}", file=sys.stderr)
        return None
    panel_url = f"http://panel.localhost:{ports.panel}/"
    return found.open(f"https://{welcome.UNVISITED}/", f"https://{ADMIN_HOST}:{ports.https}/", panel_url)


def _close(window: "subprocess.Popen[bytes]") -> None:
    window.terminate()
    try:
        window.wait(WINDOW_SECONDS)
    except subprocess.TimeoutExpired:
        window.kill()
        window.wait()


def _clock() -> datetime:
    return datetime.now(UTC)
