"""House: the loops of `serve` under a virtual clock: names being set up, renewals, windows, looks, visitors."""

import heapq
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from math import log

from edge.tls import ari
from edge.tls.issuer import RENEWAL
from edge.tls.renewal import AT_ONCE, LATEST, held_until, later
from simulation import watching
from simulation.ca import CA, Certificate
from simulation.issuing import Issuing, Rules, drawn, is_lost
from simulation.judge import NOTICE, Judge
from simulation.lives import Life, Way, up_between
from simulation.record import Record, record
from simulation.sights import SIGHTS
from store import awaited, ledger
from store.renewal_windows import Window

BETWEEN_VISITS = timedelta(hours=6)
"""To a name without a certificate, on average."""
SWEEP = timedelta(hours=6)
FIRST_POLL = timedelta(hours=1)
"""At least, and at most twice that: a trigger of the store draws it (0029_renewal_windows.sql)."""
Event = Callable[[Record, datetime], None]


class House:
    """One installation with all its names; `collapsed` leaps over polls and looks that change nothing."""

    def __init__(self, db: sqlite3.Connection, ca: CA, judge: Judge, rules: Rules, *, collapsed: bool):
        self._db = db
        self._ca = ca
        self._judge = judge
        self._rules = rules
        self._collapsed = collapsed
        self._issuing = Issuing(db, ca, judge, rules)
        self._issuing.look_soon = self._look_soon
        self._events: list[tuple[datetime, int, Event, Record]] = []
        self._numbers = count()
        self._due: list[tuple[datetime, int, Record]] = []
        self._running = 0
        self._sweep_at: datetime | None = None
        self.handled = 0
        self.records: list[Record] = []

    def add(self, life: Life) -> None:
        """A name that will come."""
        one = record(life)
        self.records.append(one)
        self._put(life.comes_at, self._visit_first if life.way is Way.VISIT else self._await, one)

    def run(self, until: datetime) -> None:
        """Let time pass."""
        while self._events and self._events[0][0] < until:
            at, _, event, one = heapq.heappop(self._events)
            self.handled += 1
            if self._sweep_at is None or at >= self._sweep_at:
                self._sweep_at = at + SWEEP
                while ledger.remove_full(self._db, at):
                    pass
            event(one, at)
        for one in self.records:
            if one.certificate and one.certificate.not_after < until:
                self._tell_end(one, one.certificate)

    def _put(self, at: datetime, event: Event, one: Record) -> None:
        heapq.heappush(self._events, (at, next(self._numbers), event, one))

    # Names being set up: `edge.jobs.awaiting` and `edge.jobs.completion`.

    def _await(self, one: Record, now: datetime) -> None:
        if one.live:
            return
        sight = SIGHTS[one.life.state(now)]
        if sight.well and not sight.forbidden:
            self._issue(one, "wizard", None, now)
        if one.valid(now):
            one.live = True
            return
        self._await_on(one, now)

    def _await_on(self, one: Record, now: datetime) -> None:
        """Look again in a while, until it is given up; collapsed, what the gate would deny is leaped over."""
        until, changes_at = one.standing.retry_at, one.life.changes_at(now)
        if not SIGHTS[one.life.state(now)].well:
            until = changes_at
        leaps = self._collapsed and until and (changes_at is None or until <= changes_at)
        while (age := now - one.life.comes_at) <= awaited.GIVEN_UP:
            now += max(awaited.SOONEST, min(awaited.SELDOMEST, age / awaited.SHARE))
            if not (leaps and until and now < until):
                self._put(now, self._await, one)
                return
        self._set_visit(one, now)

    # Visitors: `edge.tls.certificates.context_for`.

    def _visit_first(self, one: Record, now: datetime) -> None:
        one.visit_set = now
        self._visit(one, now)

    def _visit(self, one: Record, now: datetime) -> None:
        if now != one.visit_set:
            return
        one.visit_set = None
        if one.valid(now):
            return
        if not SIGHTS[one.life.state(now)].reached:
            if changes_at := one.life.changes_at(now):
                self._set_visit(one, changes_at)
            return
        self._issue(one, "handshake", None, now)
        if one.valid(now):
            return
        right_since = one.life.right_since(now)
        if right_since and up_between(right_since, now, self._judge.outages) >= NOTICE:
            self._judge.turned_away += not one.standing.cause.startswith(("limit:", "ca:unreachable"))
        self._set_visit(one, now)

    def _set_visit(self, one: Record, now: datetime) -> None:
        if one.visit_set is None:
            one.visit_set = now - BETWEEN_VISITS * log(1 - drawn(one, f"visit {now}"))
            self._put(one.visit_set, self._visit, one)

    # Renewals: `edge.tls.renewal.Timer`.

    def _set_due(self, one: Record, at: datetime | None) -> None:
        if at != one.due_set:
            one.due_set = at
            if at is not None:
                self._put(at, self._is_due, one)

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
                self._put(now + takes, self._is_done, one)

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
            self._set_visit(one, now)
        elif one.ends_told != found.serial:
            one.ends_told = found.serial
            self._put(found.not_after, self._has_ended, one)

    def _has_ended(self, one: Record, now: datetime) -> None:
        found = one.certificate
        if found and found.not_after <= now:
            self._tell_end(one, found)
            self._set_visit(one, now)

    def _tell_end(self, one: Record, certificate: Certificate) -> None:
        if one.ends_told != -certificate.serial:
            one.ends_told = -certificate.serial
            self._judge.ended(one.life, certificate)

    def _issue(self, one: Record, reason: str, replace: Certificate | None, now: datetime) -> timedelta:
        before = one.certificate
        takes = self._issuing.issue(one, reason, replace, now)
        if one.certificate is before:
            if reason == RENEWAL:
                self._set_poll(one, now)
            return takes
        if before and before.not_after <= now:
            self._tell_end(one, before)
        if one.watch is None:
            watching.first_look(one, now, drawn(one, "first look"))
            self._set_look(one, one.watch.next_look_at if one.watch else None)
        one.live = True
        self._poll_first(one, now)
        self._set_due(one, one.standing.next_action_at)
        return takes

    # Renewal windows: `edge.tls.windows.RenewalWindows`.

    def _poll_first(self, one: Record, now: datetime) -> None:
        """The first poll comes after an hour or two; collapsed, it is made at once where that says the same."""
        certificate = one.certificate
        assert certificate
        at = one.poll_at = now + FIRST_POLL * (1 + drawn(one, f"first poll {certificate.serial}"))
        moves_at = self._ca.moves_at(certificate, now)
        if self._collapsed and not self._ca.is_down(at) and (moves_at is None or at < moves_at):
            one.poll_set = at
            self._poll(one, at)
        else:
            self._set_poll(one, now)

    def _poll(self, one: Record, now: datetime) -> None:
        if now != one.poll_set or one.certificate is None or not self._rules.asks_windows:
            return
        one.poll_set = None
        due, certificate = one.standing.next_action_at, one.certificate
        if self._ca.is_down(now):
            one.keep_window(None, ari.next_poll(now, None))
            self._set_poll(one, now)
            return
        start_at, end_at = self._ca.window(certificate, now)
        at = ari.moment(start_at, end_at, one.window, drawn(one, f"{certificate.serial} {start_at}"))
        at = ari.bounded(at, certificate.not_before, certificate.not_after)
        one.keep_window(Window(start_at, end_at, at), ari.next_poll(now, 6 * 3600.0))
        if one.standing.next_action_at != due:
            self._set_due(one, self._no_sooner(one, now))
        self._set_poll(one, now)

    def _no_sooner(self, one: Record, now: datetime) -> datetime | None:
        at = one.standing.next_action_at
        return max(at, now) if at else None

    def _set_poll(self, one: Record, now: datetime) -> None:
        """The next poll; collapsed, the next that can change anything."""
        at = self._next_poll(one, now)
        if at is not None and at != one.poll_set:
            one.poll_set = at
            self._put(at, self._poll, one)

    def _next_poll(self, one: Record, now: datetime) -> datetime | None:
        at, certificate, due = one.poll_at, one.certificate, one.standing.next_action_at
        if at is None or certificate is None:
            return None
        polls = max(-((at - now) // ari.POLL_EVERY), 0)
        at += ari.POLL_EVERY * polls  # those that were leaped over
        waits = due is not None and due > now and one.window is not None and due == one.window.moment_at
        if not (self._collapsed and waits):
            return at
        moves_at = self._ca.moves_at(certificate, now)
        return at + ari.POLL_EVERY * max(-((at - moves_at) // ari.POLL_EVERY), 0) if moves_at else None

    # Looks: `edge.jobs.watch.Watcher`.

    def _set_look(self, one: Record, at: datetime | None) -> None:
        if at != one.look_set:
            one.look_set = at
            if at is not None:
                self._put(at, self._look, one)

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
