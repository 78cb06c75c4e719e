"""What those who scan servers say of ours: sslyze, and testssl.sh."""

import asyncio
import json
from pathlib import Path

from tests.e2e.house import ADMIN_HOST, House, house
from tests.peers.pebble import Pebble

SSLYZE = Path("build/programs/bin/sslyze")
"""In an environment of its own, made by scripts/setup.sh: it needs an older cryptography than we do."""
CHECKS = (
    "--protocols",
    "--std",
    "--pfs",
    "--server-preference",
    "--server-defaults",
    "--headers",
    "--vulnerable",
)
"""All but what it imagines of single browsers."""
NOT_OURS = {
    "cert_revocation": "Pebble's certificates name no list of revoked ones",
    "secure_renego": "it asks without SNI, which is refused; sslyze asks with it",
}


async def said(*command: str | Path) -> str:
    """What a scanner prints."""
    run = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    return (await run.communicate())[0].decode()


async def visited(running: House, pebble: Pebble) -> str:
    """The console's address, with its certificate."""
    pebble.add_a(ADMIN_HOST, "127.0.0.1")
    assert (await running.visit(ADMIN_HOST))[0] == 200
    return f"127.0.0.1:{running.https_port}"


async def test_sslyze_finds_mozillas_intermediate_profile(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble) as running:
        address = await visited(running, pebble)
        printed = await said(
            SSLYZE,
            *("--mozilla_config", "intermediate", "--certinfo_ca_file", tmp_path / "pebble-root.pem"),
            *("--sni", ADMIN_HOST, address),
        )
    assert f"{address}: OK - Compliant" in printed, printed


async def test_testssl_finds_nothing(tmp_path: Path, pebble: Pebble) -> None:
    report, root = tmp_path / "found.json", tmp_path / "pebble-root.pem"
    async with house(tmp_path, pebble, acme={"trust_file": ""}) as running:
        await visited(running, pebble)
        printed = await said(
            *(
                "testssl",
                "--ip",
                "127.0.0.1",
                "--nodns",
                "none",
                "--warnings",
                "batch",
                "--color",
                "0",
                *CHECKS,
            ),
            *("--openssl", "/usr/bin/openssl", "--add-ca", root, "--jsonfile", report),
            f"https://{ADMIN_HOST}:{running.https_port}/sign-in",
        )
    found = {each["id"]: each for each in json.loads(report.read_text())}
    faults = {
        name: f"{each['severity']}: {each['finding']}"
        for name, each in found.items()
        if each["severity"] not in ("OK", "INFO") and name not in NOT_OURS
    }
    assert faults == {}
    assert "scanTime" in found and "BREACH" in found, printed
