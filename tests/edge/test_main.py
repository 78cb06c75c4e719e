"""What the process asks of the system."""

import resource
import subprocess
import sys

import pytest
import uvloop

from edge import main

SCRIPT = """
import resource
from edge import main
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
main.raise_file_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_as_many_files_may_be_open_as_the_system_allows() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.split() == [str(hard), str(hard)]


def test_missing_uvloop_costs_one_log_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert main.loop_factory() is None
    assert [record.getMessage() for record in caplog.records] == [
        "uvloop is not installed; serving on asyncio's own loop, which is slower"
    ]


def test_loops_are_uvloops_where_it_is_installed() -> None:
    factory = main.loop_factory()
    assert factory is uvloop.new_event_loop
