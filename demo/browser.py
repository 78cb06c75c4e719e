"""Browser: a Chromium with a HOME of its own that trusts one CA and finds every name at the demo.

A profile cannot carry trust on Linux: Chromium reads the NSS store of the HOME it is started with.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)


class NoBrowser(Exception):
    """There is no Chromium, or nothing to make its trust with; the text says what to install."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A program with its arguments and environment, ready to start."""

    program: str
    arguments: tuple[str, ...]
    environment: dict[str, str]

    def open(self, *urls: str) -> "subprocess.Popen[bytes]":
        """Start it with a tab for each address."""
        return subprocess.Popen(
            [self.program, *self.arguments, *urls],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def prepare(home: Path, root_pem: Path, *, https_port: int, http_port: int) -> Browser:
    """A throw-away HOME that trusts these roots alone, and a browser that finds every name at the demo."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise NoBrowser("no Chromium or Chrome is installed: apt-get install chromium")
    shutil.rmtree(home, ignore_errors=True)
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    _certutil("-d", f"sql:{database}", "-N", "--empty-password")
    for number, root in enumerate(x509.load_pem_x509_certificates(root_pem.read_bytes()), 1):
        der = home / "root.der"
        der.write_bytes(root.public_bytes(serialization.Encoding.DER))
        _certutil(
            "-d", f"sql:{database}", "-A", "-t", "C,,", "-n", f"Brassplate demo {number}", "-i", str(der)
        )
    rules = (
        f"MAP *:443 127.0.0.1:{https_port}",
        f"MAP *:80 127.0.0.1:{http_port}",
        "MAP * 127.0.0.1",
    )
    arguments = (
        f"--user-data-dir={home / 'profile'}",
        f"--host-resolver-rules={', '.join(rules)}",
        *_QUIET,
        *(("--no-sandbox",) if os.geteuid() == 0 else ()),
    )
    return Browser(program, arguments, os.environ | {"HOME": str(home)})


def _certutil(*arguments: str) -> None:
    try:
        subprocess.run(["certutil", *arguments], check=True, capture_output=True)
    except FileNotFoundError:
        raise NoBrowser("certutil is missing: apt-get install libnss3-tools") from None
    except subprocess.CalledProcessError as error:
        raise NoBrowser(f"certutil: {error.stderr.decode(errors='replace').strip()}") from None
