"""Show house: the real portal over a store of its own with one made-up customer, to look at a draft in.

It answers on a socket within this process' folder. Before each look it is dressed as the organisation would be:
what is shown is what customers would see, whatever pages there are, and nothing of theirs is touched.
"""

import asyncio
import secrets
import sqlite3
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import ClientSession, UnixConnector, web

from portal import csrf, sessions
from portal.app import build
from portal.brand import sample
from portal.mail import Provider
from portal.passwords import Passwords
from store import brand, organisations, portals, users
from store import sessions as stored_sessions
from store.brand import Dressing
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.instants import Clock
from store.sessions import Session
from store.users import Added
from store.vault import Vault

HOST = Hostname("portal.preview.invalid")
OPEN = ("sign-in", "register", "reset")
"""Pages for who is not signed in."""
AN_INVOICE = "/an-invoice"
"""Stands for the address of the sample's newest invoice."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer of the portal; `location`: it leads elsewhere."""

    status: int
    content_type: str
    body: bytes
    location: str = ""


class ShowHouse:
    """Furnished when somebody first looks, and anew when the day has changed; `close` clears it."""

    def __init__(self, clock: Clock, provider: Provider, passwords: Passwords) -> None:
        self._clock = clock
        self._provider = provider
        self._passwords = passwords
        self._turn = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._rooms: _Rooms | None = None

    async def look(self, dressing: Dressing, path: str) -> Seen:
        """GET a path of the portal in these looks; whoever comes meanwhile waits for their turn."""
        async with self._turn:
            rooms = await self._furnished()
            await rooms.store.write(brand.put_on, rooms.organisation_id, dressing, self._clock())
            cookie = await self._signed_in(rooms) if path.lstrip("/").split("/")[0] not in OPEN else ""
            return await rooms.get(rooms.invoice if path == AN_INVOICE else path, cookie)

    async def close(self) -> None:
        """End what runs, and remove the folder."""
        async with self._turn:
            await self._clear()

    async def _clear(self) -> None:
        self._rooms = None
        stack, self._stack = self._stack, AsyncExitStack()
        await stack.aclose()

    async def _furnished(self) -> "_Rooms":
        today = self._clock().date()
        if self._rooms is None or self._rooms.day != today:
            await self._clear()
            async with AsyncExitStack() as stack:
                self._rooms = await _furnish(stack, self._clock, self._provider, self._passwords)
                self._stack = stack.pop_all()
        return self._rooms

    async def _signed_in(self, rooms: "_Rooms") -> str:
        """A session of the sample's user: the portal's clock goes on, and a session does not last."""
        now, token = self._clock(), csrf.new_token()
        session = Session(
            token_hash=sessions.token_hash(token, HOST),
            host=HOST,
            organisation_id=rooms.organisation_id,
            user_id=rooms.user_id,
            staff_id=None,
            csrf_token=csrf.new_token(),
            chosen_account_id=None,
            address="",
            agent="",
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(minutes=5),
        )
        await rooms.store.write(stored_sessions.add, session)
        return f"{sessions.COOKIE}={token}"


@dataclass(frozen=True, slots=True)
class _Rooms:
    """What a furnished house consists of."""

    store: Store
    client: ClientSession
    day: date
    organisation_id: int
    user_id: int
    invoice: str

    async def get(self, path: str, cookie: str) -> Seen:
        headers = {"Host": HOST} | ({"Cookie": cookie} if cookie else {})
        async with self.client.get(f"http://{HOST}{path}", headers=headers, allow_redirects=False) as answer:
            return Seen(
                answer.status, answer.content_type, await answer.read(), answer.headers.get("Location", "")
            )


async def _furnish(stack: AsyncExitStack, clock: Clock, provider: Provider, passwords: Passwords) -> _Rooms:
    folder = Path(await asyncio.to_thread(stack.enter_context, TemporaryDirectory(prefix="brassplate-")))
    store = await Store.open(folder / "sample.db", readers=1)
    stack.push_async_callback(store.close)
    added = await store.write(organisations.add, sample.SLUG, sample.SLUG, clock())
    await asyncio.to_thread(sample.move_in, store.path, folder, clock)
    user_id, invoice = await store.write(_residents, added.id, clock)
    destination = Destination(HOST, Room.PORTAL, added.id, False, (), Confirmation.ADDRESS, None)
    app = build(
        store,
        clock=clock,
        resolve=lambda host: destination if host == HOST else None,
        hostname_of=lambda _request: HOST,
        provider=provider,
        vault=Vault(secrets.token_bytes(32)),
        passwords=passwords,
    )
    runner = web.AppRunner(app, access_log=None)
    stack.push_async_callback(runner.cleanup)
    await runner.setup()
    await web.UnixSite(runner, str(folder / "portal")).start()
    client = await stack.enter_async_context(
        ClientSession(connector=UnixConnector(str(folder / "portal")), auto_decompress=True)
    )
    return _Rooms(store, client, clock().date(), added.id, user_id, invoice)


def _residents(db: sqlite3.Connection, organisation_id: int, clock: Clock) -> tuple[int, str]:
    """The user who looks, and where the newest invoice is."""
    user = users.add(db, organisation_id, sample.EMAIL, "", sample.REFERENCE, clock())
    assert isinstance(user, Added)
    portals.set_enabled(db, organisation_id, True, clock())
    row = db.execute(
        "SELECT public_id FROM visible_invoices WHERE organisation_id = :organisation_id"
        " ORDER BY issued_on DESC LIMIT 1",
        {"organisation_id": organisation_id},
    ).fetchone()
    return user.user_id, f"/invoices/{row['public_id']}"


SHOW_HOUSE = web.AppKey("show_house", ShowHouse)
