"""Polling: renewal windows as `edge.tls.windows` asks for them, and the leap over polls that change nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

from edge.tls import ari
from simulation.agenda import Agenda
from simulation.ca import CA
from simulation.issuing import drawn
from simulation.record import Record
from store.renewal_windows import Window

FIRST_POLL = timedelta(hours=1)
"""At least, and at most twice that: a trigger of the store draws it (0029_renewal_windows.sql)."""
RETRY_AFTER = 6 * 3600.0
SetDue = Callable[[Record, datetime | None], None]


class Polling:
    """Polls of one CA; `asks` is False for a house that knows nothing of windows."""

    def __init__(self, agenda: Agenda, ca: CA, set_due: SetDue, *, asks: bool, collapsed: bool):
        self._agenda = agenda
        self._ca = ca
        self._set_due = set_due
        self._asks = asks
        self._collapsed = collapsed

    def first(self, one: Record, now: datetime) -> None:
        """The first poll comes after an hour or two; collapsed, it is made at once where that says the same."""
        certificate = one.certificate
        assert certificate
        at = one.poll_at = now + FIRST_POLL * (1 + drawn(one, f"first poll {certificate.serial}"))
        moves_at = self._ca.moves_at(certificate, now)
        if self._collapsed and not self._ca.is_down(at) and (moves_at is None or at < moves_at):
            one.poll_set = at
            self._poll(one, at)
        else:
            self.go_on(one, now)

    def _poll(self, one: Record, now: datetime) -> None:
        if now != one.poll_set or one.certificate is None or not self._asks:
            return
        one.poll_set = None
        due, certificate = one.standing.next_action_at, one.certificate
        if self._ca.is_down(now):
            one.keep_window(None, ari.next_poll(now, None))
            self.go_on(one, now)
            return
        start_at, end_at = self._ca.window(certificate, now)
        at = ari.moment(start_at, end_at, one.window, drawn(one, f"{certificate.serial} {start_at}"))
        at = ari.bounded(at, certificate.not_before, certificate.not_after)
        one.keep_window(Window(start_at, end_at, at), ari.next_poll(now, RETRY_AFTER))
        if one.standing.next_action_at != due:
            self._set_due(one, self._no_sooner(one, now))
        self.go_on(one, now)

    def _no_sooner(self, one: Record, now: datetime) -> datetime | None:
        at = one.standing.next_action_at
        return max(at, now) if at else None

    def go_on(self, one: Record, now: datetime) -> None:
        """The next poll; collapsed, the next that can change anything."""
        at = self._next_poll(one, now)
        if at is not None and at != one.poll_set:
            one.poll_set = at
            self._agenda.put(at, self._poll, one)

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
