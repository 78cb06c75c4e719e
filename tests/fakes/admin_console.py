"""AdminConsole: the admin application over a real store, with a clock that is set and an edge that is told."""

import re
import sqlite3
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from admin.app import Operations, ProviderFacts, build
from edge.tls.rehearsal import rehearse
from portal.mail import Provider
from portal.passwords import Passwords
from portal.tenancy import host_header
from store import certificates, domains, organisations, staff, watches
from store.certificates import Certificate
from store.database import Store
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from store.instants import maybe_ms
from store.issuance import CertificateState
from store.operations import Flight, OwnName, OwnRecord, Round, Strangers, Trial
from store.organisations import Organisation
from store.rehearsal import Rehearsed
from store.staff import Role
from store.vault import Vault
from store.watches import Place

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADMIN_HOST = Hostname("admin.provider.example")
ORIGIN = f"https://{ADMIN_HOST}"
PASSWORD = "brass plate on the door"
HOST = Hostname("billing.mycompany.com")
PROVIDER = Provider("Provider Ltd", "post@provider.example", "help@provider.example", ORIGIN, 443)

OK = Diagnosis(
    "ok", Routing.OK, "CNAME customers.provider.example", "the same", "Nothing to do.", Actor.NOBODY
)
NO_RECORD = Diagnosis(
    "no_record",
    Routing.PENDING,
    "No record yet",
    f"{HOST} CNAME customers.provider.example",
    "Add it.",
    Actor.YOU,
)
NOT_SERVED = Diagnosis(
    "not_served", Routing.OK, "203.0.113.9 timed out", "our page", "Nothing to do: we are on it.", Actor.US
)
CHEAP = Passwords(time_cost=1, memory_kib=8)
VAULT = Vault(bytes(32))


class Edge:
    """What the console asks of the edge; `diagnosis` is what the next look at the DNS sees."""

    def __init__(self, keep: Callable[[Diagnosis, Hostname], Awaitable[None]]) -> None:
        self._keep = keep
        self.diagnosis = NO_RECORD
        self.records: dict[str, tuple[str, ...]] | None = {}
        """TXT records by name; None: nobody answers."""
        self.checked: list[Hostname] = []
        self.completed: list[Hostname] = []
        self.followed: list[Hostname] = []
        """Names of which somebody has a page open now."""
        self.flights: tuple[Flight, ...] = ()
        self.strangers = Strangers(NOW, 0, 0, ())
        self.rounds: tuple[Round, ...] = ()
        self.trial = Trial(True, "It works.")
        self.zone: tuple[OwnRecord, ...] = ()
        self.trust = ssl.create_default_context()
        """Whom visitors trust."""
        self.addresses: frozenset[str] = frozenset({"203.0.113.9", "2001:db8::9"})

    async def check(self, hostname: Hostname) -> Diagnosis:
        self.checked.append(hostname)
        await self._keep(self.diagnosis, hostname)
        return self.diagnosis

    def complete(self, hostname: Hostname) -> None:
        self.completed.append(hostname)

    @contextmanager
    def follow(self, hostname: Hostname) -> Iterator[None]:
        self.followed.append(hostname)
        try:
            yield
        finally:
            self.followed.remove(hostname)

    async def texts(self, name: str) -> tuple[str, ...] | None:
        return self.records.get(name, ()) if self.records is not None else None

    @property
    def operations(self) -> Operations:
        return Operations(
            check=self.check,
            complete=self.complete,
            follow=self.follow,
            flights=lambda: self.flights,
            strangers=lambda: self.strangers,
            rounds=lambda: self.rounds,
            own_names=self.own_names,
            own_zone=self.own_zone,
            try_ca=self.try_ca,
            zone_texts=self.texts,
            rehearse=self.rehearse,
        )

    async def own_names(self) -> tuple[OwnName, ...]:
        return (OwnName(ADMIN_HOST, "this console", ("203.0.113.9",), True),)

    async def own_zone(self) -> tuple[OwnRecord, ...]:
        return self.zone

    async def try_ca(self) -> Trial:
        return self.trial

    async def rehearse(self, hostname: Hostname, chain_pem: bytes, key_pem: bytes) -> Rehearsed:
        return await rehearse(hostname, chain_pem, key_pem, self.trust)

    async def our_addresses(self) -> frozenset[str]:
        return self.addresses


@dataclass
class Answer:
    """A response that was read to its end."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def location(self) -> str:
        return self.headers["Location"]

    @property
    def heading(self) -> str:
        """The step's own heading, tags taken out."""
        match = re.search(r"<h2[^>]*>(.*?)</h2>", self.text, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", "", match[1]).split()) if match else ""


@dataclass
class Browser:
    """Keeps cookies as a browser on https would, and sends a form's token along."""

    client: TestClient[web.Request, web.Application]
    host: str = ADMIN_HOST
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    async def get(self, path: str) -> Answer:
        """GET, remembering the form token of the page."""
        answer = await self.send("GET", path)
        if found := re.search(r'name="csrf" value="([^"]+)"', answer.text):
            self.token = found[1]
        return answer

    async def post(self, path: str, **fields: str) -> Answer:
        """POST a form of our own page."""
        return await self.send(
            "POST", path, {"csrf": self.token, **fields}, {"Sec-Fetch-Site": "same-origin"}
        )

    async def send(
        self,
        method: str,
        path: str,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Any request, with the cookies and nothing else."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Host": self.host, **({"Cookie": cookie} if cookie else {}), **(headers or {})}
        async with self.client.request(
            method, path, data=data, headers=sent, allow_redirects=False
        ) as response:
            self._keep(response.headers.getall("Set-Cookie", []))
            return Answer(response.status, response.headers, await response.text())

    async def sign_in(self, email: str, password: str = PASSWORD) -> Answer:
        """Through the page, as people do."""
        await self.get("/sign-in")
        return await self.post("/sign-in", email=email, password=password)

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


class Console:
    """The application under test; `now` is the time on its clock."""

    def __init__(self, store: Store):
        self.store = store
        self.edge = Edge(self.sees)
        self.now = NOW
        self.facts = ProviderFacts(
            admin_host=ADMIN_HOST,
            cname_target=Hostname("customers.provider.example"),
            provider_domain="portals.provider.example",
            public_https_port=443,
            operator_name="Provider Ltd",
            support_email="help@provider.example",
            public_ca=True,
            addresses=self.edge.our_addresses,
            mail=PROVIDER,
            mail_goes_out=True,
            spf="include:spf.provider.example",
            texts=self.edge.texts,
        )

    def clock(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> None:
        """Move the clock on."""
        self.now += timedelta(**span)

    def change_facts(self, **changes: object) -> None:
        """Other facts for the next start."""
        self.facts = replace(self.facts, **changes)  # type: ignore[arg-type]

    @asynccontextmanager
    async def started(self) -> AsyncIterator[Browser]:
        """A new instance of the application, and a browser on it."""
        app = build(
            self.store,
            clock=self.clock,
            hostname_of=host_header,
            facts=self.facts,
            operations=self.edge.operations,
            vault=VAULT,
            passwords=CHEAP,
        )
        async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
            yield Browser(client)

    async def add_organisation(self, slug: str) -> Organisation:
        """An organisation with one admin, admin@SLUG.example."""
        added = await self.store.write(organisations.add, slug, slug.capitalize(), self.now)
        hashed = CHEAP.hash_now(PASSWORD)
        await self.store.write(staff.add, f"admin@{slug}.example", hashed, Role.ADMIN, added.id, self.now)
        return added

    async def add_operator(self) -> None:
        """op@provider.example"""
        hashed = CHEAP.hash_now(PASSWORD)
        await self.store.write(staff.add, "op@provider.example", hashed, Role.OPERATOR, None, self.now)

    async def loses(self, found: Diagnosis, hostname: Hostname = HOST) -> None:
        """The watch established that a live name leads here no more."""
        await self.store.write(_move, hostname)
        await self.sees(found, hostname)

    async def sees(self, found: Diagnosis, hostname: Hostname = HOST) -> None:
        """The edge's job looked at the DNS."""
        await self.store.write(domains.set_diagnosis, hostname, found, self.now)

    async def issues(
        self,
        state: CertificateState,
        cause: str = "",
        detail: str = "",
        retry_at: datetime | None = None,
        hostname: Hostname = HOST,
    ) -> None:
        """The edge's job got so far with the certificate."""
        await self.store.write(_set_standing, hostname, state, cause, detail, retry_at)

    async def certifies(self, hostname: Hostname = HOST) -> None:
        """A certificate of ninety days stands."""
        until = self.now + timedelta(days=90)
        held = Certificate(hostname, "01", "", b"", "local", self.now, until)
        await self.store.write(certificates.add, held, self.now)

    async def proves(self, hostname: Hostname = HOST) -> None:
        """The edge's job opened the portal over HTTPS."""
        await self.store.write(domains.set_live, hostname, self.now)


@asynccontextmanager
async def console(folder: Path) -> AsyncIterator[Console]:
    """A console over a new store in `folder`."""
    store = await Store.open(folder / "console.db")
    try:
        yield Console(store)
    finally:
        await store.close()


def _move(db: sqlite3.Connection, hostname: Hostname) -> None:
    watch = watches.of(db, hostname)
    assert watch
    watches.keep(db, replace(watch, place=Place.MOVED))


def _set_standing(
    db: sqlite3.Connection,
    hostname: Hostname,
    state: CertificateState,
    cause: str,
    detail: str,
    retry_at: datetime | None,
) -> None:
    db.execute("DELETE FROM issuance WHERE hostname = :hostname", {"hostname": hostname})
    db.execute(
        "INSERT INTO issuance (hostname, state, failures, cause, detail, retry_at)"
        " VALUES (:hostname, :state, :failures, :cause, :detail, :retry_at)",
        {
            "hostname": hostname,
            "state": state.value,
            "failures": int(bool(cause)),
            "cause": cause,
            "detail": detail,
            "retry_at": maybe_ms(retry_at),
        },
    )
