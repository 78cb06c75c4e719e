import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

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
    logs.to_stderr(style="text")
    logging.getLogger("edge.x").info("ordered", extra={"hostname": "shop.example", "ms": {"dns": 1.5}})
    line = capsys.readouterr().err
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info    ordered  ", line)
    assert line.endswith('hostname=shop.example ms="{\\"dns\\": 1.5}"\n')


@pytest.mark.parametrize(
    "text", ["two words", "a=b", 'a"b', "line\nbreak", "\x1b[2J", "a\u2028b", "", "a\rb"]
)
def test_a_field_cannot_break_out_of_its_place(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr(style="text")
    logging.getLogger("edge.x").warning("odd", extra={"value": text})
    line = capsys.readouterr().err
    assert len(line.splitlines()) == 1 and line.rstrip("\n").isprintable()
    assert json.loads(line.partition("value=")[2]) == text


def test_an_exception_comes_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr(style="text")
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("edge.x").exception("broke")
    lines = capsys.readouterr().err.splitlines()
    assert "error   broke" in lines[0] and lines[-1] == "ValueError: no"


def test_chatter_of_libraries_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr(style="text")
    logging.getLogger("aiohttp.access").info("GET /")
    logging.getLogger("aiohttp.server").error("broken")
    assert "GET" not in (said := capsys.readouterr().err) and "broken" in said


def test_json_holds_one_object_a_line_with_fields_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr(style="json")
    logging.getLogger("edge.x").info(
        "ordered", extra={"hostname": "a\nb", "ms": {"dns": 1.5}, "path": Path("/x")}
    )
    [line] = capsys.readouterr().err.splitlines()
    found = json.loads(line)
    assert found.pop("at").endswith("Z")
    assert found == {
        "level": "info",
        "message": "ordered",
        "logger": "edge.x",
        "hostname": "a\nb",
        "ms": {"dns": 1.5},
        "path": "/x",
    }


def test_exception_stays_in_its_line_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr(style="json")
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("edge.x").exception("broke")
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["exception"].endswith("ValueError: no")


@pytest.mark.parametrize("style", ["json", "text"])
def test_no_field_takes_the_place_of_time_level_or_message(
    style: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.to_stderr(style=style)
    logging.getLogger("edge.x").info("said", extra={"level": "fatal", "at": "never"})
    line = capsys.readouterr().err
    assert '"level": "info"' in line or " info    said " in line
    assert "level_" in line and "at_" in line


def test_what_is_no_terminal_is_told_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr()
    logging.getLogger("edge.x").info("said")
    assert json.loads(capsys.readouterr().err)["message"] == "said"


def test_message_of_a_library_cannot_make_a_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr(style="text")
    logging.getLogger("library").warning("one\ntwo")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_level_is_the_least_that_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr(logging.WARNING, "text")
    logging.getLogger("edge.x").info("little")
    logging.getLogger("edge.x").warning("much")
    assert "little" not in (said := capsys.readouterr().err) and "much" in said
