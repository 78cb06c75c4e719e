"""Whether answers tell by their time who is known, and whether sign-ins delay pages.

    python -m bench signins [--samples 120] [--pages 200]

For each way in, requests about known and about unknown people are sent in random order to a portal in a process of its
own, and their times compared by rank (Mann-Whitney). The verdict is `equal` unless the ranks differ (p < 0.001) and the
medians do by more than a tenth and half a millisecond. Then a page is timed alone, and while fifty people sign in.
"""

import argparse
import asyncio
import math
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from time import perf_counter

import aiohttp
from aiohttp import web

from portal import app as portal_app
from portal import throttle
from portal.passwords import Passwords
from portal.tenancy import host_header
from store import portals, signin, tokens, users
from store.database import Store
from store.signin import Patience
from store.tokens import LIFETIMES, Claim, Purpose
from tests import factories
from tests.portal.house import HOST, PROVIDER, VAULT, HandClock, destination
from tests.portal.postbox import name_portals

SIGNINS = 50
PAGE = "/invoices"
KNOWN, UNKNOWN = "known", "unknown"
_TOKEN = re.compile(r'name="csrf" value="([^"]*)"')
PATIENT = Patience(10**9, timedelta(seconds=1), timedelta(seconds=1), timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Way:
    """A way in: where its form goes, and what is typed for somebody who is known or not.

    `{token}` in its path is the one typed; its form is on the page before the last part then.
    """

    name: str
    path: str
    known: dict[str, str]
    unknown: dict[str, str]


WAYS = (
    Way(
        "password",
        "/sign-in",
        {"email": "user-{n}@bench.example", "password": "not the password", "next": "/"},
        {"email": "nobody-{n}@bench.example", "password": "not the password", "next": "/"},
    ),
    Way(
        "mailed code",
        "/sign-in/mail",
        {"email": "user-{n}@bench.example"},
        {"email": "nobody-{n}@bench.example"},
    ),
    Way("reset", "/reset", {"email": "user-{n}@bench.example"}, {"email": "nobody-{n}@bench.example"}),
    Way(
        "registration",
        "/register",
        {"reference": "A100", "number": "INV-1", "total": "120.00", "email": "new-{n}@bench.example"},
        {"reference": "B999", "number": "INV-1", "total": "120.00", "email": "new-{n}@bench.example"},
    ),
    Way("invitation again", "/invitation/{token}/again", {"token": "waits-{n}"}, {"token": "accepted-{n}"}),
)
PEOPLE = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--samples", type=int, default=120, help="of known and of unknown people each")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        asyncio.run(serve(args.serve))
        return
    asyncio.run(measure(args.samples, args.pages))


async def measure(samples: int, pages: int) -> None:
    """Every way in turn, then pages beside sign-ins."""
    with tempfile.TemporaryDirectory() as folder:
        async with serving(Path(folder) / "signins.db") as base:
            for way in WAYS:
                print(verdict(way.name, await timed(base, way, samples)), flush=True)
            await beside(base, pages)


async def timed(base: str, way: Way, samples: int) -> dict[str, list[float]]:
    """Seconds of each answer, by whether the person is known."""
    found: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    order = [KNOWN, UNKNOWN] * samples
    random.shuffle(order)
    numbers = {KNOWN: count(), UNKNOWN: count()}
    async with visitor(base) as session:
        await answer(session, base, way.path, way.unknown, 0)
        for who in order:
            form = way.known if who == KNOWN else way.unknown
            found[who].append(await answer(session, base, way.path, form, next(numbers[who]) % PEOPLE))
            await asyncio.sleep(0.02)  # what is done after an answer is done before the next
    return found


async def answer(
    session: aiohttp.ClientSession, base: str, path: str, form: dict[str, str], number: int
) -> float:
    """Seconds until the answer to a form is read."""
    fields = {name: value.format(n=number) for name, value in form.items()}
    if "token" in fields:
        path = path.format(token=fields.pop("token"))
    async with session.get(base + path.removesuffix("/again"), headers={"Host": HOST}) as page:
        token = _TOKEN.search(await page.text())
    assert token, path
    fields["csrf"] = token[1]
    headers = {"Host": HOST, "Sec-Fetch-Site": "same-origin"}
    began = perf_counter()
    async with session.post(base + path, data=fields, headers=headers, allow_redirects=False) as sent:
        await sent.read()
        took = perf_counter() - began
        assert sent.status in (200, 303, 401), f"{path}: {sent.status}"
    return took


def verdict(name: str, found: dict[str, list[float]]) -> str:
    """Both distributions in a line, and whether they differ."""
    known, unknown = sorted(found[KNOWN]), sorted(found[UNKNOWN])
    p = by_rank(known, unknown)
    middle = [statistics.median(each) for each in (known, unknown)]
    apart = abs(middle[0] - middle[1])
    differs = p < 0.001 and apart > 0.1 * min(middle) and apart > 0.0005
    figures = "; ".join(
        f"{who} {quantile(each, 0.1):.2f} / {quantile(each, 0.5):.2f} / {quantile(each, 0.9):.2f} ms"
        for who, each in ((KNOWN, known), (UNKNOWN, unknown))
    )
    return f"{name}: {figures} (10 %, 50 %, 90 %), p = {p:.3f}: {'DIFFERENT' if differs else 'equal'}"


def by_rank(first: list[float], second: list[float]) -> float:
    """The probability that ranks lie so far apart by chance (Mann-Whitney, normal approximation, two-sided)."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(place for place, (_, which) in enumerate(ranked, 1) if which == 0)
    n, m = len(first), len(second)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


def quantile(ordered: list[float], part: float) -> float:
    """A quantile in milliseconds."""
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] * 1000


async def beside(base: str, pages: int) -> None:
    """A page of somebody signed in, alone and while others sign in."""
    async with visitor(base) as session:
        await answer(
            session, base, "/sign-in", {"email": "user-0@bench.example", "password": factories.PASSWORD}, 0
        )
        alone = sorted([await page(session, base) for _ in range(pages)])
        stop = asyncio.Event()
        others = [asyncio.ensure_future(sign_in_on(base, number, stop)) for number in range(1, SIGNINS + 1)]
        await asyncio.sleep(0.5)
        meanwhile = sorted([await page(session, base) for _ in range(pages)])
        stop.set()
        done = sum(await asyncio.gather(*others))
    print(
        f"a page alone: {quantile(alone, 0.5):.2f} ms, 99 % {quantile(alone, 0.99):.2f} ms; while {SIGNINS} people"
        f" sign in again and again ({done} times): {quantile(meanwhile, 0.5):.2f} ms,"
        f" 99 % {quantile(meanwhile, 0.99):.2f} ms",
        flush=True,
    )


async def page(session: aiohttp.ClientSession, base: str) -> float:
    """Seconds of one page."""
    began = perf_counter()
    async with session.get(base + PAGE, headers={"Host": HOST}) as sent:
        await sent.read()
        assert sent.status == 200, sent.status
    return perf_counter() - began


async def sign_in_on(base: str, number: int, stop: asyncio.Event) -> int:
    """Sign in with a right password until it is enough; how often."""
    done = 0
    form = {"email": "user-{n}@bench.example", "password": factories.PASSWORD, "next": "/"}
    while not stop.is_set():
        async with visitor(base) as session:
            await answer(session, base, "/sign-in", form, number)
            done += 1
    return done


@asynccontextmanager
async def visitor(base: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that keeps Secure cookies without TLS."""
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[base])
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield session


@asynccontextmanager
async def serving(path: Path) -> AsyncIterator[str]:
    """The portal in a process of its own."""
    with process(path) as server:
        assert server.stdout
        yield f"http://127.0.0.1:{int(await asyncio.to_thread(server.stdout.readline))}"


@contextmanager
def process(path: Path) -> "Iterator[subprocess.Popen[str]]":
    """The server's process, ended at the end."""
    command = [sys.executable, "-m", "bench.signins", "--serve", str(path)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield server
    finally:
        server.terminate()
        server.wait()


async def serve(path: Path) -> None:
    """The server's process: throttles never say no, since they are not what is measured."""
    for module, names in (
        (signin, ("ACCOUNT", "NETWORK", "WHOLE", "DEVICE")),
        (throttle, ("MAILS", "CLAIMS", "NETWORK", "WHOLE")),
    ):
        for name in names:
            setattr(module, name, PATIENT)
    store = await Store.open(path)
    passwords = Passwords()
    stored = await passwords.hash(factories.PASSWORD)
    organisation_id = await store.write(furnish, stored)
    built = portal_app.build(
        store,
        clock=HandClock(),
        resolve={HOST: destination(HOST, organisation_id)}.get,
        hostname_of=host_header,
        provider=PROVIDER,
        vault=VAULT,
        passwords=passwords,
    )
    runner = web.AppRunner(built)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def furnish(db: sqlite3.Connection, password_hash: str) -> int:
    """An organisation with a customer, an invoice and people whose passwords cost what they cost in earnest."""
    organisation_id = factories.organisation(db).id
    other = factories.organisation(db, "other", "Other").id
    name_portals(db, organisation_id, other)
    account = factories.account(db, organisation_id)
    factories.invoice(db, organisation_id, account, "INV-1", net=10_000, tax=2_000)
    for number in range(PEOPLE):
        factories.user(db, organisation_id, f"user-{number}@bench.example")
    db.execute("UPDATE users SET password_hash = ?", (password_hash,))
    _invite(db, organisation_id)
    found = portals.find(db, organisation_id)
    assert found
    portals.save(db, organisation_id, replace(found.settings, allow_registration=True), factories.NOW)
    return organisation_id


def _invite(db: sqlite3.Connection, organisation_id: int) -> None:
    """Links of invitations that are over: of people who have not accepted yet, and of those who have."""
    long_ago = factories.NOW - 2 * LIFETIMES[Purpose.INVITATION]
    for number in range(PEOPLE):
        known = users.by_email(db, organisation_id, f"user-{number}@bench.example")
        assert known
        guest = users.invited(db, organisation_id, f"guest-{number}@bench.example", "", long_ago)
        for user_id, token in ((guest, f"waits-{number}"), (known.id, f"accepted-{number}")):
            claim = Claim(
                purpose=Purpose.INVITATION, host=HOST, user_id=user_id, email=f"{token}@bench.example"
            )
            tokens.issue(db, organisation_id, claim, long_ago, token=token)


if __name__ == "__main__":
    main()
