"""Varnish's own scripts, byte by byte, with the proxy in Varnish's place."""

import asyncio
from pathlib import Path

import pytest

from tests.edge.proxy.upstreams import before
from tests.peers.ports import free_port

LOOPS = ("asyncio", "uvloop")
SCRIPTS = sorted((Path(__file__).parent / "varnishtest").glob("*.vtc"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
async def test_script_is_followed(script: Path, tmp_path: Path) -> None:
    upstream = f"127.0.0.1:{free_port()}"
    async with before(f"http://{upstream}") as front:
        run = await asyncio.create_subprocess_exec(
            *("varnishtest", "-t", "20", "-D", f"upstream={upstream}", "-D", f"proxy=127.0.0.1:{front.port}"),
            script,
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await run.communicate()
    assert run.returncode == 0, said.decode()
