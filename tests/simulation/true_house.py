"""TrueHouse: the real issuer, timer, windows and watcher over a real store, stepped from due time to due time."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge.dns.confirmation import Confirmed
from edge.jobs.pace import Pace
from edge.jobs.watch import Glance, Watcher
from edge.jobs.watch_record import Recorder
from edge.tls.acme.renewal_info import RenewalInfo
from edge.tls.authority import UNREACHABLE, Material, NotIssued, Spend, free
from edge.tls.gate import Denied
from edge.tls.issuance_trace import Trace
from edge.tls.issuer import Issuer, Looks
from edge.tls.limits import LETS_ENCRYPT
from edge.tls.quota import Quota
from edge.tls.renewal import Timer
from edge.tls.windows import RenewalWindows
from simulation.ca import CA, Certificate, Refused
from simulation.issuing import DIRECTORY
from simulation.lives import START, Life
from simulation.record import record
from simulation.sights import SIGHTS, Sight
from store import certificates, domains, issuance, organisations, watches
from store.database import Store
from store.destination import Destination
from store.diagnosis import Diagnosis, Evidence, History
from store.hostname import Hostname
from store.instants import maybe_instant, to_ms
from store.preflight import Preflight, Reach
from store.vault import Vault
from store.watches import Seen
from tests.fakes.set_clock import SetClock

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Examined:
    """A sight as a thorough look brings it."""

    sight: Sight

    @property
    def evidence(self) -> Evidence:
        return self.sight.evidence

    @property
    def seen(self) -> Seen:
        return self.sight.seen

    def diagnosis(self, history: History) -> Diagnosis:
        return self.sight.diagnosis


class TrueCA:
    """The simulated CA, with real certificates of what it signs."""

    name = DIRECTORY
    methods: tuple[str, ...] = ("http-01",)

    def __init__(self, ca: CA, clock: SetClock, lives: dict[Hostname, Life]):
        self._ca = ca
        self._clock = clock
        self._lives = lives
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.issued: dict[Hostname, list[Certificate]] = {}

    async def obtain(
        self,
        hostname: Hostname,
        trace: Trace,
        spend: Spend = free,
        replaces: str = "",
        avoid: frozenset[str] = frozenset(),
    ) -> Material:
        await spend()
        life, now = self._lives[hostname], self._clock()
        sight = SIGHTS[life.state(now)]
        replaced = self._of(replaces) if replaces else None
        got = self._ca.order(life.name, life.domain, replaced, sight.proven, now)
        if isinstance(got, Refused):
            raise NotIssued(f"ca:{got.code}", got.words, got.retry_after, unproven=got.code == "unauthorized")
        self.issued.setdefault(hostname, []).append(got)
        return Material(self._chain(got), b"a key")

    async def give_up(self, hostname: Hostname) -> None:
        return None

    async def check(self) -> str:
        return "it is simulated"

    async def window(self, chain_pem: str) -> RenewalInfo:
        now = self._clock()
        if self._ca.is_down(now):
            raise NotIssued(UNREACHABLE, "no route to host")
        start_at, end_at = self._ca.window(self._of(chain_pem), now)
        return RenewalInfo(start_at, end_at, None, 6 * 3600.0)

    def _of(self, chain_pem: str) -> Certificate:
        leaf = x509.load_pem_x509_certificate(chain_pem.encode())
        [name] = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return self.issued[Hostname(str(name.value))][leaf.serial_number - 1]

    def _chain(self, signed: Certificate) -> bytes:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, signed.name)])
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self._key.public_key())
            .serial_number(signed.serial)
            .not_valid_before(signed.not_before)
            .not_valid_after(signed.not_after)
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)


class TrueHouse:
    """One installation; what is drawn is the middle of its range."""

    def __init__(self, store: Store, ca: CA, lives: Sequence[Life]):
        self._store = store
        self._clock = SetClock(START)
        self._lives = {Hostname(life.name): life for life in lives}
        self.ca = TrueCA(ca, self._clock, self._lives)
        self._issuer = Issuer(
            store=store,
            vault=Vault(b"m" * 32),
            ca=self.ca,
            quota=Quota(store, self._clock, DIRECTORY, LETS_ENCRYPT),
            looks=Looks(self._confirm, self._preflight),
            resolve=lambda hostname: record(self._lives[hostname]).destination,
            clock=self._clock,
            jitter=lambda: 0.0,
        )
        self._timer = Timer(store, self._clock, self._renew)
        self._windows = RenewalWindows(store, self._clock, self.ca.window, lambda: HALF)
        recorder = Recorder(lambda db, hostname, now: None, lambda: HALF)
        pace = Pace(1e9, lambda: 0.0)
        self._watcher = Watcher(store, self._clock, pace, self._glance, self._examine, recorder)

    async def run(self, until: datetime) -> None:
        """Do what is due, from one due time to the next."""
        to_come = sorted(self._lives.values(), key=lambda life: life.comes_at)
        while True:
            due, poll, look = await self._store.read(_next)
            arrival = to_come[0].comes_at if to_come else None
            at = min(each for each in (due, poll, look, arrival) if each)
            if at >= until:
                return
            self._clock.now = max(at, self._clock.now)
            if at == arrival:
                await self._come(to_come.pop(0))
            elif at == due:
                [hostname] = await self._store.read(issuance.due, self._clock(), 1)
                watch = await self._store.read(watches.of, hostname)
                await self._timer._renew_one(hostname, watch)
            elif at == poll:
                await self._windows.work()
            else:
                [seen] = await self._store.read(watches.due, self._clock(), 1)
                await self._watcher._look(seen)

    async def _come(self, life: Life) -> None:
        hostname = Hostname(life.name)
        await self._store.write(_register, record(life).destination, self._clock())
        await self._issuer.issue(hostname, "handshake")
        await self._store.write(_draw_first_look, hostname, self._clock())
        await self._store.write(_draw_first_poll, hostname, self._clock())

    async def _renew(self, hostname: Hostname) -> object:
        found = await self._store.read(certificates.standing, hostname, self._clock())
        replaced = found.serial if found else ""
        issued = await self._issuer.issue(hostname, "renewal", replace=replaced)
        if not isinstance(issued, Denied):
            await self._store.write(_draw_first_poll, hostname, self._clock())
        return issued

    def _sight(self, hostname: Hostname) -> Sight:
        return SIGHTS[self._lives[hostname].state(self._clock())]

    async def _confirm(self, destination: Destination) -> Confirmed:
        sight = self._sight(destination.hostname)
        return Confirmed(sight.evidence, sight.diagnosis, self._clock())

    async def _preflight(self, destination: Destination) -> Preflight:
        forbidden = self._sight(destination.hostname).forbidden
        return Preflight(Reach.OURS, forbidden="caa_forbids" if forbidden else "")

    async def _glance(self, destination: Destination) -> Glance:
        sight = self._sight(destination.hostname)
        return Glance(sight.certain, sight.well, sight.fingerprint, 1)

    async def _examine(self, hostname: Hostname) -> Examined:
        return Examined(self._sight(hostname))


async def issued(folder: Path, ca: CA, lives: Sequence[Life], until: datetime) -> dict[str, list[datetime]]:
    """When each name got its certificates."""
    async with AsyncExitStack() as stack:
        store = await Store.open(folder / "brassplate.db", readers=1)
        stack.push_async_callback(store.close)
        await store.write(organisations.add, "meridian", "Meridian", START)
        house = TrueHouse(store, ca, lives)
        await house.run(until)
        await asyncio.sleep(0)
        return {name: [each.issued_at for each in made] for name, made in house.ca.issued.items()}


def _next(db: sqlite3.Connection) -> list[datetime | None]:
    asked = (
        "SELECT min(next_action_at) FROM issuance",
        "SELECT min(poll_at) FROM renewal_windows",
        "SELECT min(next_look_at) FROM watches",
    )
    return [maybe_instant(db.execute(one).fetchone()[0]) for one in asked]


def _register(db: sqlite3.Connection, destination: Destination, now: datetime) -> None:
    domains.add(db, destination, now)


def _draw_first_look(db: sqlite3.Connection, hostname: Hostname, now: datetime) -> None:
    """Within the hour is drawn by the store itself; here it is the middle."""
    db.execute(
        "UPDATE watches SET next_look_at = :at WHERE hostname = :hostname",
        {"at": to_ms(now + HALF * timedelta(hours=1)), "hostname": hostname},
    )


def _draw_first_poll(db: sqlite3.Connection, hostname: Hostname, now: datetime) -> None:
    """Likewise of the poll that follows a certificate within two hours."""
    db.execute(
        "UPDATE renewal_windows SET poll_at = :at WHERE hostname = :hostname AND moment_at IS NULL",
        {"at": to_ms(now + 1.5 * timedelta(hours=1)), "hostname": hostname},
    )
