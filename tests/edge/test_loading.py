"""Heavy libraries are loaded by whoever needs them, when they do."""

import subprocess
import sys

import pytest

HEAVY = (
    "aiohttp",
    "cryptography",
    "acme",
    "josepy",
    "jinja2",
    "wtforms",
    "dns",
    "argon2",
    "coloraide",
    "fpdf",
    "prometheus_client",
    "structlog",
)
LOADED = """
import contextlib, sys
from edge.__main__ import main
with contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print(*(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize("verb", ["import", "domain", "organisation", "serve"])
def test_a_command_loads_nothing_heavy_to_say_what_it_can(verb: str) -> None:
    script = LOADED.format(heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", script, verb, "--help"], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == ""
