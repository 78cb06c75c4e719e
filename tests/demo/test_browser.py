"""The demo's browser: a real Chromium trusts the demo's root and finds every name at the demo, and no other root."""

import asyncio
import datetime
import os
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from demo import browser

NAME = "billing.harbour.example"


class Site:
    """A page over TLS with a leaf of its own root, and the same page plain."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "root.pem"
        self.https_port = self.http_port = 0
        self.hosts: list[str] = []

    async def page(self, request: web.Request) -> web.Response:
        self.hosts.append(f"{request.scheme}://{request.host}")
        return web.Response(text="<h1>The page of Harbour Telecom</h1>", content_type="text/html")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(tmp_path)
    app = web.Application()
    app.router.add_get("/", site.page)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=_context(tmp_path, site.root)).start()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.https_port, site.http_port = (address[1] for address in runner.addresses)
    yield site
    await runner.cleanup()


async def _shown(site: Site, root: Path, url: str) -> str:
    """What the browser shows at an address, as HTML."""
    found = browser.prepare(site.folder / "home", root, https_port=site.https_port, http_port=site.http_port)
    process = await asyncio.create_subprocess_exec(
        found.program,
        *found.arguments,
        *("--headless", "--disable-gpu", "--dump-dom", url),
        env=found.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    return output.decode()


@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_name_without_port_opens_without_warning(site: Site, scheme: str) -> None:
    assert "The page of Harbour Telecom" in await _shown(site, site.root, f"{scheme}://{NAME}/")
    assert f"{scheme}://{NAME}" in site.hosts


async def test_name_with_a_port_goes_to_that_port_here(site: Site) -> None:
    page = await _shown(site, site.root, f"https://{NAME}:{site.https_port}/")
    assert "The page of Harbour Telecom" in page


async def test_foreign_root_is_not_trusted(site: Site) -> None:
    other = site.folder / "other.pem"
    _context(site.folder / "elsewhere", other)
    assert "The page of Harbour Telecom" not in await _shown(site, other, f"https://{NAME}/")
    assert site.hosts == []


def test_home_is_thrown_away_each_time(site: Site) -> None:
    home = site.folder / "home"
    home.mkdir()
    (home / "left-over").touch()
    found = browser.prepare(home, site.root, https_port=1, http_port=2)
    listed = subprocess.run(
        ["certutil", "-d", f"sql:{home / '.pki/nssdb'}", "-L"], capture_output=True, text=True, check=True
    )
    assert listed.stdout.count("C,,") == 1 and not (home / "left-over").exists()
    assert found.environment["HOME"] == str(home)


@pytest.mark.parametrize(("present", "missing"), [((), "chromium"), (("chromium",), "libnss3-tools")])
def test_what_is_missing_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, present: tuple[str, ...], missing: str
) -> None:
    for name in present:
        os.symlink("/bin/true", tmp_path / name)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(browser.NoBrowser, match=missing):
        browser.prepare(tmp_path / "home", tmp_path / "root.pem", https_port=1, http_port=2)


def _context(folder: Path, root_file: Path) -> ssl.SSLContext:
    """A server's context with a leaf for NAME, whose new root is written to `root_file`."""
    folder.mkdir(exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test root of {folder.name}")])
    root = (
        _certificate(root_name, root_name, root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints([x509.DNSName("example")], None), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _certificate(x509.Name([]), root_name, key)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    root_file.write_bytes(root.public_bytes(pem))
    form, locked = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(pem) + key.private_bytes(pem, form, locked))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem")
    return context


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
    )
