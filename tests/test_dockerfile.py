"""The Dockerfile installs what is locked, copies what there is, and runs as nobody in particular."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS = [
    line
    for line in (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    if line and not line.startswith("#")
]


def of(kind: str) -> list[str]:
    return [line.partition(" ")[2] for line in STEPS if line.startswith(f"{kind} ")]


def copied() -> set[str]:
    return {source for line in of("COPY") if "--from" not in line for source in line.split()[:-1]}


def test_all_packages_are_copied_and_let_through() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = {
        name.partition(".")[0] for name in project["tool"]["setuptools"]["packages"]["find"]["include"]
    }
    assert packages | {"requirements.lock", "pyproject.toml", "README.md"} == copied()
    assert all((ROOT / source).exists() for source in copied())
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"}
    assert let_through == copied()


def test_only_what_is_locked_is_installed() -> None:
    installs = [step for step in of("RUN") if "pip install" in step]
    assert len(installs) == 2 and all("--no-deps" in step for step in installs)
    assert "--require-hashes" in installs[0] and "--no-build-isolation" in installs[1]


def test_it_runs_as_an_ordinary_user_and_ends_by_sigterm() -> None:
    assert of("USER") == ["brassplate"] and of("STOPSIGNAL") == ["SIGTERM"]
    assert of("ENTRYPOINT") == ['["brassplate"]'] and of("CMD") == ['["serve"]']
    assert re.search(r"useradd --uid 10443 .*nologin brassplate", " ".join(of("RUN")))
