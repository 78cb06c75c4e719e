"""docs/troubleshooting.md has every warning and error that the log can say, and every finding of check is caused."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs/troubleshooting.md").read_text("utf-8")
LOUD = {"warning", "error", "exception", "critical"}
SAID_BY_A_NAME = {"self._outcome", "words"}
"""Not written out where it is logged: the results of connections, and the proxy's few words for an upstream."""


def trees(folder: str) -> Iterator[ast.Module]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield ast.parse(path.read_text("utf-8"))


def messages() -> set[str]:
    """Every text that is logged at warning or above."""
    calls = (
        node
        for folder in ("edge", "store", "portal", "admin")
        for tree in trees(folder)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOUD
    )
    found = set()
    for call in calls:
        assert isinstance(call.func, ast.Attribute)
        if ast.unparse(call.func.value) != "log" or ast.unparse(call.args[0]) in SAID_BY_A_NAME:
            continue
        texts = [node.value for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)]
        assert texts, ast.unparse(call)
        found |= {str(text) for text in texts}
    return found


def test_every_warning_and_error_is_explained() -> None:
    said = messages()
    assert len(said) > 40
    assert (
        sorted(text for text in said if f"`{text}`" not in DOCUMENT and f"``{text} ``" not in DOCUMENT) == []
    )


def test_nothing_is_explained_that_nobody_says() -> None:
    section = DOCUMENT.partition("## What the log says")[2].partition("\n## ")[0]
    heads = [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `")]
    told = {
        text.strip()
        for head in heads
        for text in re.findall(r"``(.+?)``|`([^`]+)`", head)
        for text in text
        if text
    }
    proxy = {"upstream failed", "upstream time-out", "answer cut short"}
    assert sorted(told - messages() - proxy) == []


def test_every_finding_of_check_is_caused_by_a_test() -> None:
    codes = {
        str(node.value)
        for tree in trees("edge/checkup")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("error", "warning", "make")
        for node in ast.walk(call.args[0])
        if isinstance(node, ast.Constant)
    }
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests/edge/checkup").glob("*.py"))
    assert len(codes) > 20
    assert sorted(code for code in codes if not re.search(rf"['\"]{code}['\"]", tests)) == []
