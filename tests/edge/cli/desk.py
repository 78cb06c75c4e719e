"""Desk: an operator at a keyboard: a configuration in a folder, and what each command says."""

import asyncio
import io
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from edge.__main__ import main
from store import vault
from store.database import Store

T = TypeVar("T")
CONFIGURATION = """
[edge]
https = ["127.0.0.1:0"]
http = ["127.0.0.1:0"]
admin_host = "admin.provider.test"
cname_target = "edge.platform.test"
provider_domain = "{provider_domain}"
addresses = {addresses}
[issuer]
kind = "local"
[dns]
resolvers = ["{resolver}"]
"""


@dataclass(frozen=True)
class Said:
    """What a command wrote, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Desk:
    """Commands run in this process, by `edge.__main__.main`."""

    config: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def configure(
        self, resolver: str = "127.0.0.1:1", provider_domain: str = "", addresses: str = '["192.0.2.1"]'
    ) -> None:
        text = CONFIGURATION.format(resolver=resolver, provider_domain=provider_domain, addresses=addresses)
        self.config.write_text(text)
        key = self.config.parent / "var" / "master.key"
        if not key.exists():
            key.parent.mkdir(exist_ok=True)
            vault.write_new_key(key)

    def trust(self, root_pem: bytes) -> None:
        """The root that visitors trust besides the system's."""
        (self.config.parent / "var" / "root.pem").write_bytes(root_pem)

    @property
    def store_path(self) -> Path:
        return self.config.parent / "var" / "brassplate.db"

    def typed(self, *words: str, stdin: str = "", config: bool = True) -> Said:
        """Run a command and give its words and its code."""
        self.monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self.capsys.readouterr()
        try:
            code = main([*words, "--config", str(self.config)] if config else list(words))
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        out, err = self.capsys.readouterr()
        return Said(code, out, err)

    def done(self, *words: str, stdin: str = "") -> Said:
        """As `typed`, for what must succeed."""
        said = self.typed(*words, stdin=stdin)
        assert (said.code, said.err) == (0, ""), said
        return said

    def store(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """A look into the store, or a change of it."""
        return asyncio.run(_write(self.store_path, change))


async def _write(path: Path, change: Callable[[sqlite3.Connection], T]) -> T:
    store = await Store.open(path, readers=0)
    try:
        return await store.write(change)
    finally:
        await store.close()
