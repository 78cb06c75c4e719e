"""Window: the demo's browser with its pages open, started by the demo itself or beside one that runs."""

import json
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from demo import browser
from demo.configuration import ADMIN_HOST, Ports
from demo.folder import write_whole

CLOSE_SECONDS = 5.0
Window = subprocess.Popen[bytes]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a running demo is found, and what its visitors trust."""

    https: int
    http: int
    panel: int
    root: str

    @classmethod
    def of(cls, ports: Ports, root: Path) -> "Place":
        """The place of a demo on these ports."""
        return cls(ports.https, ports.http, ports.panel, str(root))


def open_at(place: Place, home: Path, portal: str) -> Window:
    """A browser with a HOME of its own, and a tab for portal, admin and panel; `browser.NoBrowser`."""
    found = browser.prepare(home, Path(place.root), https_port=place.https, http_port=place.http)
    admin, panel = f"https://{ADMIN_HOST}:{place.https}/", f"http://panel.localhost:{place.panel}/"
    return found.open(f"https://{portal}/", admin, panel)


def close(window: Window, home: Path) -> None:
    """End it, and throw its HOME away."""
    window.terminate()
    try:
        window.wait(CLOSE_SECONDS)
    except subprocess.TimeoutExpired:
        window.kill()
        window.wait()
    shutil.rmtree(home, ignore_errors=True)


def announce(folder: Path, place: Place) -> None:
    """Let later commands find the demo that runs in this folder."""
    write_whole(folder / "running.json", json.dumps(asdict(place)))


def withdraw(folder: Path) -> None:
    """The demo has ended."""
    (folder / "running.json").unlink(missing_ok=True)


def announced(folder: Path) -> Place | None:
    """Where the demo of this folder is; None while it is being set up."""
    try:
        return Place(**json.loads((folder / "running.json").read_text("utf-8")))
    except FileNotFoundError:
        return None
