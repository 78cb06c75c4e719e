"""docs/limits.md names tests that are there, and settings that are understood."""

import re
from pathlib import Path

from edge import settings

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs/limits.md").read_text("utf-8")


def test_every_proof_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`", DOCUMENT)
    assert len(named) >= 25
    missing = [
        f"{path}::{test}" for path, test in named if f"def {test}(" not in (ROOT / path).read_text("utf-8")
    ]
    assert missing == []


def test_every_setting_that_is_named_is_understood() -> None:
    named = set(re.findall(r"`((?:edge|acme)\.[a-z_]+)`", DOCUMENT)) - {"edge.introduction"}
    assert named and named <= settings.keys().keys()
