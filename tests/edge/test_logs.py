import json
import logging
import re
from collections.abc import Iterator

import pytest

from edge import logs


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    levels = {
        name: logging.getLogger(name).level
        for name in ("aiohttp", "asyncio", "aiosqlite", "fontTools", "PIL")
    }
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_a_line_is_time_level_message_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr()
    logging.getLogger("edge.x").info("ordered", extra={"hostname": "shop.example", "ms": {"dns": 1.5}})
    line = capsys.readouterr().err
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info    ordered  ", line)
    assert line.endswith('hostname=shop.example ms="{\\"dns\\": 1.5}"\n')


@pytest.mark.parametrize(
    "text", ["two words", "a=b", 'a"b', "line\nbreak", "\x1b[2J", "a\u2028b", "", "a\rb"]
)
def test_a_field_cannot_break_out_of_its_place(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr()
    logging.getLogger("edge.x").warning("odd", extra={"value": text})
    line = capsys.readouterr().err
    assert len(line.splitlines()) == 1 and line.rstrip("\n").isprintable()
    assert json.loads(line.partition("value=")[2]) == text


def test_an_exception_comes_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr()
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("edge.x").exception("broke")
    lines = capsys.readouterr().err.splitlines()
    assert "error   broke" in lines[0] and lines[-1] == "ValueError: no"


def test_chatter_of_libraries_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr()
    logging.getLogger("aiohttp.access").info("GET /")
    logging.getLogger("aiohttp.server").error("broken")
    assert "GET" not in (said := capsys.readouterr().err) and "broken" in said
