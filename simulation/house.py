"""House: the loops of `serve` under a virtual clock: renewals and looks here, all else in its own file."""

import heapq
import sqlite3
from datetime import datetime, timedelta
from itertools import count

from edge.tls.issuer import RENEWAL
from edge.tls.renewal import AT_ONCE, LATEST, held_until, later
from simulation import watching
from simulation.agenda import Agenda
from simulation.arriving import Arriving
from simulation.ca import CA, Certificate
from simulation.issuing import Issuing, Rules, drawn, is_lost
from simulation.judge import Judge
from simulation.lives import Life, Way
from simulation.polling import Polling
from simulation.record import Record, record
from store import ledger

SWEEP = timedelta(hours=6)


class House:
    """One installation with all its names; `collapsed` leaps over polls and looks that change nothing."""

    def __init__(self, db: sqlite3.Connection, ca: CA, judge: Judge, rules: Rules, *, collapsed: bool):
        self._db = db
        self._judge = judge
        self._collapsed = collapsed
        self._issuing = Issuing(db, ca, judge, rules)
        self._issuing.look_soon = self._look_soon
        self._agenda = agenda = Agenda()
        self._polling = Polling(agenda, ca, self._set_due, asks=rules.asks_windows, collapsed=collapsed)
        self._arriving = Arriving(agenda, judge, self._issue, collapsed=collapsed)
        self._numbers = count()
        self._due: list[tuple[datetime, int, Record]] = []
        self._running = 0
        self._sweep_at: datetime | None = None
        self.records: list[Record] = []

    def add(self, life: Life) -> None:
        """A name that will come."""
        one = record(life)
        self.records.append(one)
        arrive = self._arriving.visit_first if life.way is Way.VISIT else self._arriving.await_record
        self._agenda.put(life.comes_at, arrive, one)

    @property
    def handled(self) -> int:
        """How many events there were."""
        return self._agenda.handled

    def run(self, until: datetime) -> None:
        """Let time pass."""
        while taken := self._agenda.take(until):
            at, event, one = taken
            if self._sweep_at is None or at >= self._sweep_at:
                self._sweep_at = at + SWEEP
                while ledger.remove_full(self._db, at):
                    pass
            event(one, at)
        for one in self.records:
            if one.certificate and one.certificate.not_after < until:
                self._tell_end(one, one.certificate)

    # Renewals: `edge.tls.renewal.Timer`.

    def _set_due(self, one: Record, at: datetime | None) -> None:
        if at != one.due_set:
            one.due_set = at
            if at is not None:
                self._agenda.put(at, self._is_due, one)

    def _is_due(self, one: Record, now: datetime) -> None:
        at = one.standing.next_action_at
        if now == one.due_set and at is not None:
            one.due_set = None
            heapq.heappush(self._due, (at, next(self._numbers), one))
            self._start_due(now)

    def _start_due(self, now: datetime) -> None:
        while self._due and self._running < AT_ONCE:
            _, _, one = heapq.heappop(self._due)
            at = one.standing.next_action_at
            if at is None or at > now:
                continue
            if takes := self._renew(one, now):
                self._running += 1
                self._agenda.put(now + takes, self._is_done, one)

    def _is_done(self, one: Record, now: datetime) -> None:
        self._running -= 1
        self._start_due(now)

    def _renew(self, one: Record, now: datetime) -> timedelta:
        watch, takes = one.watch, timedelta()
        found = one.valid(now)
        if watch and not watch.renews(now):
            one.held = True
            one.postpone(held_until(watch, now))
        else:
            takes = self._issue(one, RENEWAL, found, now)
        due = one.standing.next_action_at
        if due is not None and due <= now:
            one.postpone(later(found.not_after, now) if found else None)
        if one.valid(now) is found:
            self._look_to_end(one, now)
        self._set_due(one, self._held_leap(one, now) or one.standing.next_action_at)
        return takes

    def _held_leap(self, one: Record, now: datetime) -> datetime | None:
        """While a name is away each try of a renewal that waits comes to nothing: the one after is next."""
        back_at = one.life.changes_at(now)
        if not (self._collapsed and one.held and one.watch and is_lost(one.watch) and back_at):
            return None
        return now + LATEST * max(-((now - back_at) // LATEST), 1)

    def _look_to_end(self, one: Record, now: datetime) -> None:
        """No certificate has come: visitors of a name whose last one has ended set an order off."""
        found = one.certificate
        if found is None or found.not_after <= now:
            self._arriving.set_visit(one, now)
        elif one.ends_told != found.serial:
            one.ends_told = found.serial
            self._agenda.put(found.not_after, self._has_ended, one)

    def _has_ended(self, one: Record, now: datetime) -> None:
        found = one.certificate
        if found and found.not_after <= now:
            self._tell_end(one, found)
            self._arriving.set_visit(one, now)

    def _tell_end(self, one: Record, certificate: Certificate) -> None:
        if one.ends_told != -certificate.serial:
            one.ends_told = -certificate.serial
            self._judge.ended(one.life, certificate)

    def _issue(self, one: Record, reason: str, replace: Certificate | None, now: datetime) -> timedelta:
        before = one.certificate
        takes = self._issuing.issue(one, reason, replace, now)
        if one.certificate is before:
            if reason == RENEWAL:
                self._polling.go_on(one, now)
            return takes
        if before and before.not_after <= now:
            self._tell_end(one, before)
        if one.watch is None:
            watching.first_look(one, now, drawn(one, "first look"))
            self._set_look(one, one.watch.next_look_at if one.watch else None)
        one.live = True
        self._polling.first(one, now)
        self._set_due(one, one.standing.next_action_at)
        return takes

    # Looks: `edge.jobs.watch.Watcher`.

    def _set_look(self, one: Record, at: datetime | None) -> None:
        if at != one.look_set:
            one.look_set = at
            if at is not None:
                self._agenda.put(at, self._look, one)

    def _look(self, one: Record, now: datetime) -> None:
        if now != one.look_set:
            return
        one.look_set = None
        if watching.look(one, now):
            self._set_due(one, one.standing.next_action_at)
        next_at = one.watch.next_look_at if one.watch else None
        self._set_look(one, watching.leap(one, now) if self._collapsed else next_at)

    def _look_soon(self, one: Record, at: datetime) -> None:
        assert one.watch
        one.watch = watching.sooner(one.watch, at)
        self._set_look(one, at)
