"""Pebble: Let's Encrypt's own test CA, where it is installed, asking the demo's DNS and the demo's ports."""

import asyncio
import json
import shutil
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from demo.folder import write_whole

START_SECONDS = 15.0
ROOTS_KEPT = 20


class NoPebble(Exception):
    """Pebble is not installed, or did not start."""


@dataclass
class Pebble:
    """A Pebble process; `start` it once the demo's DNS answers, `stop` it at the end."""

    folder: Path
    api_port: int
    management_port: int
    _process: asyncio.subprocess.Process | None = None

    @property
    def directory_url(self) -> str:
        return f"https://127.0.0.1:{self.api_port}/dir"

    @property
    def ca_file(self) -> Path:
        """What to trust for Pebble's own https."""
        return self.folder / "pebble-api.pem"

    @property
    def root_file(self) -> Path:
        """The root of what it issues, first, and those of earlier starts, which certificates kept still need."""
        return self.folder / "pebble-root.pem"

    async def start(self, *, dns_port: int, http_port: int, https_port: int, now: datetime) -> None:
        """Start it and wait until it answers; `NoPebble`."""
        program = shutil.which("pebble")
        if program is None:
            raise NoPebble("pebble is not installed: apt-get install pebble, or leave CA=pebble out")
        key_file = self.folder / "pebble-api.key"
        _write_api_certificate(self.ca_file, key_file, now)
        settings = {
            "listenAddress": f"127.0.0.1:{self.api_port}",
            "managementListenAddress": f"127.0.0.1:{self.management_port}",
            "certificate": str(self.ca_file),
            "privateKey": str(key_file),
            "httpPort": http_port,
            "tlsPort": https_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
            "certificateValidityPeriod": 7 * 86400,
        }
        config = self.folder / "pebble.json"
        config.write_text(json.dumps({"pebble": settings}))
        with (self.folder / "pebble.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                program, "-config", config, "-dnsserver", f"127.0.0.1:{dns_port}", "-strict",
                stdout=log, stderr=log,
                env={"PATH": "/usr/bin:/bin", "PEBBLE_AUTHZREUSE": "0"},
            )  # fmt: skip
        try:
            root = await self._root()
        except TimeoutError:
            raise NoPebble(f"pebble does not answer: see {self.folder / 'pebble.log'}") from None
        write_whole(self.root_file, _with_earlier(root, self.root_file))

    async def stop(self) -> None:
        """End the process."""
        if self._process and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def _root(self) -> bytes:
        """Its root certificate, as soon as it gives it."""
        assert self._process
        trust = ssl.create_default_context(cafile=str(self.ca_file))
        async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as session:
            while self._process.returncode is None:
                try:
                    url = f"https://127.0.0.1:{self.management_port}/roots/0"
                    async with session.get(url, ssl=trust) as answer:
                        return await answer.read()
                except aiohttp.ClientConnectorError:
                    await asyncio.sleep(0.05)
        raise NoPebble(f"pebble ended at its start: see {self.folder / 'pebble.log'}")


def _with_earlier(root: bytes, path: Path) -> str:
    """Pebble forgets its root with each start, visitors and certificates do not."""
    earlier = x509.load_pem_x509_certificates(path.read_bytes()) if path.exists() else []
    kept = [x509.load_pem_x509_certificate(root), *earlier][:ROOTS_KEPT]
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in kept)


def _write_api_certificate(path: Path, key_path: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Pebble's API")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    key_path.chmod(0o600)
