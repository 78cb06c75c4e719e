"""Whoever reads the logs, at their most talkative, learns nothing that opens a door."""

import asyncio
import json
import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from edge.main import system_clock
from store import api_tokens, outbox, tokens, users
from store.api_tokens import SCOPES, NewToken
from store.hostname import Hostname
from store.tokens import Claim, Purpose
from tests import factories
from tests.e2e.house import ADMIN_HOST, TARGET, House, furnished
from tests.e2e.serving import Serve
from tests.peers.pebble import Pebble

HOST = Hostname("billing.harbour.test")
API_HOST = Hostname("api.provider.test")
ADA = "ada@harbour.example"
NEW_PASSWORD = "purple walnut ladder"
WRONG_PASSWORD = "mauve walnut ladder"
LOGS = {"format": "json", "level": "debug", "access": True}


@dataclass
class Visits:
    """A person and a program who use everything that must stay theirs; `secrets` gathers it."""

    running: House
    port: int
    session: aiohttp.ClientSession
    secrets: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str, host: str = HOST, headers: dict[str, str] | None = None, **more: Any
    ) -> tuple[int, str]:
        url = f"https://127.0.0.1:{self.port}{path}"
        tls: dict[str, Any] = {"ssl": self.running.trust, "server_hostname": host}
        asked = self.session.request(
            method, url, headers={"Host": host} | (headers or {}), allow_redirects=False, **tls, **more
        )
        async with asked as response:
            for name, morsel in response.cookies.items():
                if len(morsel.value) > 8:
                    self.secrets[f"cookie {name} after {path}"] = morsel.value
            return response.status, await response.text()

    async def submit(self, path: str, fields: dict[str, str], host: str = HOST) -> int:
        """A form of ours, sent as a browser does."""
        _, page = await self.ask("GET", path, host)
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found, page
        self.secrets[f"form of {path}"] = found[1]
        headers = {"Sec-Fetch-Site": "same-origin"}
        return (await self.ask("POST", path, host, headers, data=fields | {"csrf": found[1]}))[0]


async def test_no_secret_of_a_day_is_in_the_logs(tmp_path: Path, pebble: Pebble) -> None:
    edge = {"api_host": API_HOST, "metrics": "127.0.0.1:0", "drain_notice_seconds": 0}
    async with furnished(tmp_path, pebble, edge=edge, log=LOGS) as running:
        user_id = await running.store.write(_user, running.organisation.id)
        process = await asyncio.to_thread(Serve, running.config, tmp_path / "serve.log")
        try:
            await running.register(HOST, awaited=False)
            await asyncio.sleep(0.5)
            async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
                visits = Visits(running, int(process.addresses[0].rpartition(":")[2]), session)
                await everything(visits, user_id)
        finally:
            await asyncio.to_thread(process.stop)
        kept = await running.store.read(_mailed, running.organisation.id)
    written = (tmp_path / "serve.log").read_text()
    secrets = visits.secrets | kept | {"master key": (tmp_path / "var/master.key").read_text().strip()}
    assert len(secrets) > 12, secrets
    assert [name for name, secret in secrets.items() if secret in written] == []
    records = [json.loads(line) for line in written.splitlines()]
    told = {record["message"] for record in records}
    assert {"request", "TLS connection closed", "certificate issued"} <= told
    paths = {record["path"] for record in records if record["message"] == "request"}
    assert {"/sign-in", "/reset", "/reset/…", "/invitation/…", "/api/v1/token", "/"} <= paths
    assert all("?" not in path for path in paths)


async def everything(visits: Visits, user_id: int) -> None:
    store, organisation = visits.running.store, visits.running.organisation.id
    links = {
        purpose: await store.write(
            tokens.issue, organisation, Claim(purpose=purpose, host=HOST, user_id=user_id), system_clock()
        )
        for purpose in (Purpose.RESET, Purpose.INVITATION)
    }
    visits.secrets |= {purpose.value: token for purpose, token in links.items()}
    visits.secrets |= {"password": factories.PASSWORD, "new": NEW_PASSWORD, "wrong": WRONG_PASSWORD}
    assert await visits.submit("/sign-in", {"email": ADA, "password": WRONG_PASSWORD}) == 401
    assert await visits.submit("/sign-in", {"email": ADA, "password": factories.PASSWORD}) in (302, 303)
    await visits.ask("GET", "/")
    await visits.ask("GET", f"/invitation/{links[Purpose.INVITATION]}")
    await visits.ask("GET", f"/sign-in?next=/&token={links[Purpose.RESET]}")
    await visits.ask("GET", f"/no-such-page/{links[Purpose.RESET]}")
    await visits.ask("GET", "/", TARGET)
    visits.session.cookie_jar.clear()
    assert await visits.submit(f"/reset/{links[Purpose.RESET]}", {"password": NEW_PASSWORD}) == 200
    visits.session.cookie_jar.clear()
    assert await visits.submit("/reset", {"email": ADA}) == 200
    new = NewToken("Test", frozenset(SCOPES), None, "cli")
    made = (await store.write(api_tokens.make, organisation, new, system_clock())).secret
    visits.secrets["API token"] = made
    bearer = {"Authorization": f"Bearer {made}"}
    assert (await visits.ask("GET", "/api/v1/token", API_HOST, bearer))[0] == 200
    assert (await visits.ask("GET", f"/api/v1/token?token={made}", API_HOST))[0] == 401
    assert (await visits.ask("GET", f"/api/v1/{made}", API_HOST, bearer))[0] == 404
    await visits.submit("/sign-in", {"email": "op@provider.test", "password": WRONG_PASSWORD}, ADMIN_HOST)
    await asyncio.sleep(1)  # the reset's mail is written a moment after its answer


def _user(db: sqlite3.Connection, organisation_id: int) -> int:
    factories.account(db, organisation_id, "A100")
    added = users.add(db, organisation_id, ADA, factories.PASSWORD_HASH, "A100", factories.NOW)
    assert isinstance(added, users.Added)
    return added.user_id


def _mailed(db: sqlite3.Connection, organisation_id: int) -> dict[str, str]:
    rows = db.execute("SELECT id, secret FROM outbox WHERE secret <> '' AND secret <> ?", (outbox.BLANK,))
    return {f"mail {row['id']}": row["secret"] for row in rows}
