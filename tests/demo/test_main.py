"""`brassplate demo` as a newcomer meets it: from the start in a new folder to the end, and again."""

import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import dns.message
import dns.query
import pytest

from demo import welcome
from tests.peers.ports import free_port

QUICKLY = 4.0
PATIENCE = 60.0


class Started:
    """A demo in another process; what it says goes to files."""

    def __init__(self, folder: Path, *arguments: str, path: str | None = None) -> None:
        self.folder, self.port = folder, free_port()
        self._said, self._log = (folder.parent / f"{self.port}.{name}" for name in ("out", "log"))
        command = [sys.executable, "-m", "edge", "demo", "--directory", str(folder), "--port", str(self.port)]
        with self._said.open("wb") as said, self._log.open("wb") as log:
            environment = {"PATH": path} if path else None
            self._process = subprocess.Popen([*command, *arguments], stdout=said, stderr=log, env=environment)

    @property
    def said(self) -> str:
        return self._said.read_text()

    @property
    def log(self) -> str:
        return self._log.read_text()

    def until(self, words: str) -> "Started":
        """Return once it has said this."""
        end = time.monotonic() + PATIENCE
        while words not in self.said:
            assert self._process.poll() is None and time.monotonic() < end, self.said + self.log
            time.sleep(0.02)
        return self

    def ready(self) -> "Started":
        return self.until("Stop with Ctrl-C")

    def curl(self) -> str:
        """The page that the printed command gets, run as it stands."""
        found = re.search(r"curl .*\\\n.*", self.said)
        assert found
        line = f"{found[0]} --silent --show-error"
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def signins(self) -> list[str]:
        return re.findall(r"\S+@\S+ +\w+(?:-\w+){3}", self.said)

    def certificate(self) -> bytes | None:
        """The leaf that visitors of the printed domain are shown."""
        trust = ssl.create_default_context(cafile=str(self.folder / "root.pem"))
        with (
            socket.create_connection(("127.0.0.1", self.port), 10) as plain,
            trust.wrap_socket(plain, server_hostname=welcome.UNVISITED) as secure,
        ):
            return secure.getpeercert(binary_form=True)

    def post(self, path: str, **form: str) -> None:
        """Send a form of the panel."""
        found = re.search(r"http://panel\.localhost:\d+", self.said)
        assert found
        base = found[0].replace("panel.localhost", "127.0.0.1")
        with urlopen(Request(base + path, urlencode(form).encode(), {"Origin": base}), timeout=10) as answer:
            assert answer.status == 200

    def asked(self, name: str) -> str:
        found = re.search(r"resolvers = \[\"127.0.0.1:(\d+)\"", (self.folder / "brassplate.toml").read_text())
        assert found
        query = dns.message.make_query(name, "CNAME")
        return dns.query.udp(query, "127.0.0.1", 5, int(found[1])).to_text()

    def ended(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Its exit code, and how long it took to end."""
        began = time.monotonic()
        self._process.send_signal(number)
        return self._process.wait(PATIENCE), time.monotonic() - began

    def code(self) -> int:
        return self._process.wait(PATIENCE)

    def abandon(self) -> None:
        """End it in any case; in order first, or its Pebble would be left behind."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class Starter:
    """Starts demos in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[Started] = []

    def __call__(self, *arguments: str, path: str | None = None) -> Started:
        self.started.append(Started(self.folder, *arguments, path=path))
        return self.started[-1]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Demos in a folder that does not exist yet."""
    starter = Starter(tmp_path / "a demo")
    yield starter
    for each in starter.started:
        each.abandon()


@pytest.fixture(scope="module")
def set_up_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once") / "demo"
    once = Started(folder)
    try:
        once.ready().ended()
    finally:
        once.abandon()
    return folder


@pytest.fixture
def restart(start: Starter, set_up_once: Path) -> Starter:
    """Demos in a folder where one was set up before."""
    shutil.copytree(set_up_once, start.folder)
    return start


def test_second_start_keeps_signins_certificates_and_records(start: Starter) -> None:
    first = start().ready()
    assert "Sign in – Harbour Telecom" in first.curl()
    seen = first.certificate()
    first.post(
        "/zones/kept.example/add", type="CNAME", name="pay", value="customers.provider.example", ttl="5"
    )
    code, seconds = first.ended()
    assert code == 0 and seconds < QUICKLY
    second = start().ready()
    assert second.signins() == first.signins() and len(first.signins()) == 5
    assert welcome.MAKING in first.said and welcome.MAKING not in second.said
    assert "customers.provider.example." in second.asked("pay.kept.example")
    assert second.certificate() == seen
    assert "Sign in – Harbour Telecom" in second.curl()


def test_records_are_kept_when_the_demo_is_killed(restart: Starter) -> None:
    first = restart().ready()
    first.post(
        "/zones/kept.example/add", type="CNAME", name="pay", value="customers.provider.example", ttl="5"
    )
    first.ended(signal.SIGKILL)
    assert "customers.provider.example." in restart().ready().asked("pay.kept.example")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_interrupted_set_up_is_completed_by_the_next_start(start: Starter, number: int) -> None:
    first = start().until(welcome.MAKING)
    code, seconds = first.ended(number)
    assert code == 0 and seconds < 2 * QUICKLY
    assert "the next start completes it" in first.log and "Traceback" not in first.log
    assert len(start().ready().signins()) == 5


def test_killed_set_up_is_begun_afresh_and_says_so(start: Starter) -> None:
    first = start().until(welcome.MAKING)
    while not (start.folder / "brassplate.db").exists():
        time.sleep(0.01)
    first.ended(signal.SIGKILL)
    second = start().ready()
    assert welcome.AFRESH in second.said and "Sign in – Harbour Telecom" in second.curl()


def test_idle_visitor_does_not_hold_up_the_end(restart: Starter) -> None:
    running = restart().ready()
    trust = ssl.create_default_context(cafile=str(restart.folder / "root.pem"))
    with (
        socket.create_connection(("127.0.0.1", running.port), 10) as plain,
        trust.wrap_socket(plain, server_hostname="admin.localhost") as secure,
    ):
        secure.sendall(f"GET / HTTP/1.1\r\nHost: admin.localhost:{running.port}\r\n\r\n".encode())
        assert secure.recv(100).startswith(b"HTTP/1.1 303")
        code, seconds = running.ended(signal.SIGINT)
    assert code == 0 and seconds < QUICKLY and "Traceback" not in running.log


def test_second_demo_in_the_same_folder_is_refused(restart: Starter) -> None:
    restart().ready()
    second = restart()
    assert second.code() == 1
    assert f"another demo runs in {restart.folder}" in second.log and "Traceback" not in second.log


def test_pebbles_demo_stands_beside_the_local_one(restart: Starter) -> None:
    pebbles = restart("--ca", "pebble").ready()
    assert "also holds a demo with certificates from the local CA" in pebbles.said
    assert "Sign in – Harbour Telecom" in pebbles.curl()
    local = json.loads((restart.folder / "sign-ins-brassplate.json").read_text())
    assert local[0]["password"] not in pebbles.said
    assert pebbles.ended()[0] == 0
    again = restart("--ca", "pebble").ready()
    assert "Sign in – Harbour Telecom" in again.curl() and again.signins() == pebbles.signins()


class FakeChromium:
    """A program on the path that notes its HOME and arguments, and waits to be ended."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.path = f"{folder}:/usr/bin:/bin"
        self._seen = folder / "seen"
        program = folder / "chromium"
        program.write_text(
            f'#!/bin/sh\necho "$HOME" "$@" > {self._seen}.new\nmv {self._seen}.new {self._seen}\nexec sleep 300\n'
        )
        program.chmod(0o755)

    def seen(self) -> str:
        end = time.monotonic() + PATIENCE
        while not self._seen.exists():
            assert time.monotonic() < end
            time.sleep(0.02)
        return self._seen.read_text()


def test_browser_opens_portal_admin_and_panel_and_ends_with_the_demo(
    restart: Starter, tmp_path: Path
) -> None:
    chromium = FakeChromium(tmp_path / "bin")
    running = restart("--browser", path=chromium.path).ready()
    seen = chromium.seen()
    assert running.ended()[1] < QUICKLY
    assert f"https://billing.harbour.example/ https://admin.localhost:{running.port}/ http://panel." in seen
    assert seen.startswith(f"{restart.folder}/browser ") and not (restart.folder / "browser").exists()


def test_browser_is_opened_beside_a_demo_that_runs_already(restart: Starter, tmp_path: Path) -> None:
    chromium = FakeChromium(tmp_path / "bin")
    running = restart().ready()
    beside = restart("--browser", path=chromium.path)
    assert f"https://admin.localhost:{running.port}/" in chromium.seen()
    assert "runs in" in beside.said and beside.ended(signal.SIGINT)[0] == 0
    assert not list(restart.folder.glob("browser*")) and running.ended()[0] == 0
    assert not (restart.folder / "running.json").exists()
