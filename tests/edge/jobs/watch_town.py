"""Town: names in a real store with a DNS that does what a test says, watched on a virtual clock."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from edge.dns.diagnosis import diagnose
from edge.dns.examination import Examined
from edge.jobs import watch
from edge.jobs.pace import Pace
from edge.jobs.watch import Glance, Watcher
from edge.jobs.watch_record import Recorder, Tell
from edge.tls import gate
from store import domains, watches
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Asked, Evidence, Expectation, Routing
from store.dns_answers import Answer, Outcome, Record, Survey, View
from store.hostname import Hostname
from store.watches import Watch
from tests.fakes.set_clock import SetClock

TARGET = Hostname("edge.platform.example")
ELSEWHERE = "other.example"
AWAY = Record(ELSEWHERE, "A", "203.0.113.9", 300)
SERVERS = (
    (View.ZONE, "192.0.2.53"),
    (View.ZONE, "192.0.2.54"),
    (View.PUBLIC, "1.1.1.1"),
    (View.OURS, "9.9.9.9"),
)
Says = Callable[[View, str, Hostname], str | None]
"""What a server answers: a CNAME's target, nothing (no such name), or None: it is silent."""


def pointed(_view: View, _server: str, _name: Hostname) -> str | None:
    return TARGET


def gone(_view: View, _server: str, _name: Hostname) -> str | None:
    return ""


def silent(_view: View, _server: str, _name: Hostname) -> str | None:
    return None


@dataclass
class Town:
    """Moves in steps of a second; `asked` are questions by the second, `glances` and `looks` by name and time."""

    store: Store
    clock: SetClock
    tell: Tell = lambda db, hostname, now: None
    says: Says = pointed
    jitter: Callable[[], float] = lambda: 0.5
    asked: Counter[int] = field(default_factory=Counter)
    glances: list[tuple[Hostname, datetime]] = field(default_factory=list)
    looks: list[tuple[Hostname, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sleeping: list[tuple[float, asyncio.Future[None]]] = []
        self.restart()

    def restart(self) -> None:
        """Another process takes over."""
        pace = Pace(watch.QUESTIONS_A_SECOND, self._seconds, self._sleep)
        recorder = Recorder(self.tell, self.jitter)
        self.watcher = Watcher(self.store, self.clock, pace, self._glance, self._examine, recorder)

    async def add(self, *names: str, within: timedelta = timedelta(hours=1)) -> None:
        """Names that have gone live, the first look at each some time within a span."""

        def change(db: sqlite3.Connection) -> None:
            for number, name in enumerate(names):
                hostname = Hostname(name)
                wanted = Destination(hostname, Room.PORTAL, 1, False, (), Confirmation.CNAME, TARGET)
                domains.add(db, wanted, self.clock())
                domains.set_live(db, hostname, self.clock())
                db.execute("UPDATE domains SET routing_state = 'ok' WHERE hostname = ?", (name,))
                first = self.clock() + within * number / len(names)
                watches.keep(db, replace(self._watch(db, hostname), next_look_at=first))

        await self.store.write(change)

    async def live(self, step: float = 1.0, **span: float) -> None:
        """Let time go by; a step ends when all that was due in it has been done."""
        until = self.clock() + timedelta(**span)
        while self.clock() < until:
            await self.watcher.begin_due()
            await self._done()
            self.clock.advance(seconds=step)
            self._wake()
        await self._done()

    async def watch(self, name: str) -> Watch:
        return await self.store.read(self._watch, Hostname(name))

    async def _done(self) -> None:
        """Everybody has written down what they found, or waits for their turn."""
        while len(self.watcher.running) > len(self._sleeping):
            await asyncio.sleep(0)

    def _wake(self) -> None:
        now = self._seconds()
        for at, sleeper in [each for each in self._sleeping if each[0] <= now]:
            self._sleeping.remove((at, sleeper))
            sleeper.set_result(None)

    async def _sleep(self, seconds: float) -> None:
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleeping.append((self._seconds() + seconds, sleeper))
        await sleeper

    def _seconds(self) -> float:
        return self.clock().timestamp()

    async def _glance(self, destination: Destination) -> Glance:
        name = destination.hostname
        self.glances.append((name, self.clock()))
        said = self.says(View.OURS, "9.9.9.9", name)
        evidence = _summary(name, said)
        found = diagnose(evidence, Expectation(TARGET, frozenset(), apex=False))
        questions = 1 if said == TARGET else 3
        self.asked[int(self._seconds())] += questions
        return Glance(found.certain, found.routing is Routing.OK, gate.fingerprint(evidence), questions)

    async def _examine(self, hostname: Hostname) -> Examined:
        self.looks.append((hostname, self.clock()))
        answers = tuple(
            self._answer(view, server, hostname, kind) for view, server in SERVERS for kind in ("A", "AAAA")
        )
        answers += tuple(
            Answer(View.ZONE, "192.0.2.99", ELSEWHERE, kind, Outcome.RECORDS, self.clock(), (AWAY,))
            for kind in ("A", "AAAA")
        )
        self.asked[int(self._seconds())] += len(answers)
        survey = Survey(self.clock(), "customer.example", ("ns1.customer.example",), answers)
        evidence = replace(_summary(hostname, self.says(View.ZONE, SERVERS[0][1], hostname)), survey=survey)
        return Examined(evidence, Expectation(TARGET, frozenset(), apex=False), self.clock())

    def _answer(self, view: View, server: str, name: Hostname, kind: str) -> Answer:
        said = self.says(view, server, name)
        if said is None:
            return Answer(view, server, name, kind, Outcome.TIMEOUT, self.clock())
        outcome = Outcome.RECORDS if said else Outcome.NXDOMAIN
        records: tuple[Record, ...] = (Record(name, "CNAME", said, 300),) if said else ()
        if said == ELSEWHERE and view is not View.ZONE:
            records += (AWAY,)
        return Answer(view, server, name, kind, outcome, self.clock(), records)

    @staticmethod
    def _watch(db: sqlite3.Connection, hostname: Hostname) -> Watch:
        found = watches.of(db, hostname)
        assert found
        return found


def _summary(name: Hostname, said: str | None) -> Evidence:
    if said is None:
        return Evidence(name, Asked.FAILED, failure="no answer in time")
    return Evidence(name, Asked.ANSWERED if said else Asked.NXDOMAIN, (said,) if said else ())
