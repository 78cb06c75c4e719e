"""The demo, composed: a folder of its own, a DNS host, made-up companies, and the house that every operator runs."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from aiohttp import web

from demo import companies, configuration, panel, provider_zone, welcome, window, zone_file
from demo.browser import NoBrowser
from demo.companies import SignIn
from demo.configuration import CNAME_TARGET, PROVIDER_DOMAIN, NoFreePort, Ports
from demo.dns_server import DnsServer
from demo.folder import InUse, alone
from demo.pebble import NoPebble, Pebble
from demo.records import Record
from demo.window import Place
from demo.zone import Zone
from edge.settings import Settings
from store.tasks import OwnedTasks

DRAIN_SECONDS = 1.0


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
        place = window.announced(folder)
        if not (plan.browser and place):
            raise CannotDemonstrate(
                f"another demo runs in {folder}: stop it, or choose another with --directory"
            ) from None
        _beside(place, folder)
    except (NoPebble, NoFreePort) as missing:
        raise CannotDemonstrate(str(missing)) from None


async def _serve(plan: Plan, folder: Path, run: Runs) -> None:
    ending = _Ending()
    with suppress(asyncio.CancelledError):
        async with AsyncExitStack() as stack:
            window.withdraw(folder)  # a demo that was killed could not
            stack.callback(window.withdraw, folder)
            ports, settings, signins = await _prepare(plan, folder, stack)
            root = settings.trust_file or settings.root_file

            def ready(_: object) -> None:
                print(welcome.text(ports, root, signins, plan.ca), flush=True)
                place = Place.of(ports, root)
                window.announce(folder, place)
                if plan.browser:
                    ending.first = _window(place, folder, stack)

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
            # a browser left open holds idle connections, which a real edge would wait for
            asyncio.get_running_loop().call_later(DRAIN_SECONDS, self._drop)
        else:
            self._drop()

    def _drop(self) -> None:
        if self._task:
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
    zone = await _dns_host(folder, ports, configuration.store(folder, plan.ca), stack)
    pebble = await _pebble(folder, ports, stack) if plan.ca == "pebble" else None
    settings = configuration.make(folder, ports, pebble)
    following = OwnedTasks()
    stack.push_async_callback(following.close)
    following.start(provider_zone.follow(zone, settings), "the provider's zone")
    return ports, settings, signins


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


async def _dns_host(folder: Path, ports: Ports, store: Path, stack: AsyncExitStack) -> Zone:
    """The DNS server and its control panel, with everybody's inbox; what was entered there outlives the process."""
    zone = Zone({CNAME_TARGET: ["127.0.0.1"], f"*.{PROVIDER_DOMAIN}": ["127.0.0.1"]})
    kept = folder / "zone.json"
    zone_file.load(zone, kept, [Record(welcome.UNVISITED, "CNAME", f"{CNAME_TARGET}.")])
    server = DnsServer(zone)
    await server.start(ports.dns)
    stack.push_async_callback(server.close)
    app = panel.build(
        zone,
        server.questions,
        target=CNAME_TARGET,
        store=store,
        changed=lambda: zone_file.save(zone, kept),
    )
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", ports.panel).start()
    return zone


async def _pebble(folder: Path, ports: Ports, stack: AsyncExitStack) -> Pebble:
    pebble = Pebble(folder, ports.ca, ports.ca_management)
    stack.push_async_callback(pebble.stop)
    await pebble.start(dns_port=ports.dns, http_port=ports.http, https_port=ports.https, now=_clock())
    return pebble


def _window(place: Place, folder: Path, stack: AsyncExitStack) -> Callable[[], None]:
    """Open the browser, where there is one; gives what ends it."""
    home = folder / "browser"
    try:
        opened = window.open_at(place, home, welcome.UNVISITED)
    except NoBrowser as missing:
        print(f"No browser was opened: {missing}", file=sys.stderr)
        return lambda: None
    stack.callback(window.close, opened, home)
    return opened.terminate


def _beside(place: Place, folder: Path) -> None:
    """A browser for the demo that runs already, until it is closed."""
    print(f"A demo runs in {folder} already; this is a browser for it.", flush=True)
    home = folder / f"browser-{os.getpid()}"
    try:
        opened = window.open_at(place, home, welcome.UNVISITED)
    except NoBrowser as missing:
        raise CannotDemonstrate(str(missing)) from None
    try:
        opened.wait()
    finally:
        window.close(opened, home)


def _clock() -> datetime:
    return datetime.now(UTC)
