"""Arriving: names that have no certificate: those being set up, and those that visitors come to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import log

from simulation.agenda import Agenda
from simulation.ca import Certificate
from simulation.issuing import drawn
from simulation.judge import NOTICE, Judge
from simulation.lives import up_between
from simulation.record import Record
from simulation.sights import SIGHTS
from store import awaited

BETWEEN_VISITS = timedelta(hours=6)
"""To a name without a certificate, on average."""
Issue = Callable[[Record, str, Certificate | None, datetime], timedelta]


class Arriving:
    """Turns of names on their way, and visits."""

    def __init__(self, agenda: Agenda, judge: Judge, issue: Issue, *, collapsed: bool):
        self._agenda = agenda
        self._judge = judge
        self._issue = issue
        self._collapsed = collapsed

    def await_record(self, one: Record, now: datetime) -> None:
        """A turn of a name that is being set up (`edge.jobs.awaiting`, `edge.jobs.completion`)."""
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
                self._agenda.put(now, self.await_record, one)
                return
        self.set_visit(one, now)

    def visit_first(self, one: Record, now: datetime) -> None:
        """Nobody set it up but in the DNS (`edge.tls.certificates.context_for`)."""
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
                self.set_visit(one, changes_at)
            return
        self._issue(one, "handshake", None, now)
        if one.valid(now):
            return
        right_since = one.life.right_since(now)
        if right_since and up_between(right_since, now, self._judge.outages) >= NOTICE:
            self._judge.turned_away += not one.standing.cause.startswith(("limit:", "ca:unreachable"))
        self.set_visit(one, now)

    def set_visit(self, one: Record, now: datetime) -> None:
        """A visitor will come to a name that has no certificate."""
        if one.visit_set is None:
            one.visit_set = now - BETWEEN_VISITS * log(1 - drawn(one, f"visit {now}"))
            self._agenda.put(one.visit_set, self._visit, one)
