"""Bulk deeds: does what an admin asked for many customers' people: lists whom it is about, then row by row.

Each row is done, audited, mailed and marked in one transaction, so that a restart goes on with the next one and
does none twice. Deeds take turns.
"""

import logging
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from edge.jobs.rounds import Rounds
from portal.invitation import inviting
from portal.invitation.inviting import NobodyWaits, NoName
from portal.mail import Provider
from store import audit, bulk_deeds, bulk_rows, candidates, users
from store.audit import Entry
from store.bulk_deeds import Deed, State
from store.bulk_rows import Row
from store.candidates import DONE, Candidate, Kind, Outcome, outlook
from store.database import Store
from store.instants import Clock
from store.invitations import Invited, Offered, Person

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
READ_AT_A_TIME = 2000
LISTED_AT_A_TIME = 100
DONE_AT_A_TIME = {Kind.INVITE: 2, Kind.RESEND: 2, Kind.SUSPEND: 10, Kind.REACTIVATE: 20}
"""Rows a transaction: a mail takes a millisecond or two to make."""
STEPS_A_TURN = 20
"""So many transactions of a deed before the next one has its turn."""


ACTIONS = {
    Outcome.INVITED: "user.invited",
    Outcome.ASKED: "user.offered",
    Outcome.SENT: "user.invited_again",
    Outcome.SUSPENDED: "user.suspended",
    Outcome.REACTIVATED: "user.reactivated",
}
"""What the audit calls them, as it does when they are done one by one."""


@dataclass(frozen=True, slots=True)
class _Done:
    outcome: Outcome
    user_id: int | None


class BulkDeeds:
    """The loop that `serve` runs."""

    def __init__(self, store: Store, clock: Clock, provider: Provider):
        self._store = store
        self._clock = clock
        self._provider = provider

    async def run(self, rounds: Rounds) -> None:
        """Look, work until nothing is left, wait; runs until cancelled."""
        await rounds.repeat("customers' people", self.work, EVERY_SECONDS)

    async def work(self) -> None:
        """Take turns until every deed is done."""
        while found := await self._store.read(bulk_deeds.unfinished):
            for deed in found:
                await self._turn(deed)

    async def _turn(self, deed: Deed) -> None:
        if deed.state is State.LISTING:
            await self._list(deed)
            return
        for _ in range(STEPS_A_TURN):
            if not await self._store.write(
                _do_some, deed.organisation_id, deed, self._provider, self._clock()
            ):
                log.info("bulk deed done", extra={"deed": deed.id, "kind": deed.kind.value})
                return

    async def _list(self, deed: Deed) -> None:
        key = deed.organisation_id, deed.id
        found = await self._store.read(_next_listed, deed.organisation_id, deed)
        for piece in _pieces(found):
            await self._store.write(bulk_rows.keep_listed, *key, piece)
        if not found:
            await self._store.write(bulk_deeds.set_state, *key, State.RUNNING, self._clock())


def _next_listed(db: sqlite3.Connection, organisation_id: int, deed: Deed) -> list[Candidate]:
    """The next of those whom a deed is about; none: all are listed."""
    chosen = bulk_deeds.selected(db, organisation_id, deed.selection, deed.listed_to, READ_AT_A_TIME)
    found = candidates.of_accounts(db, organisation_id, deed.kind, [account_id for _, account_id in chosen])
    if deed.kind is Kind.INVITE:  # of a customer, whoever has its address then; one user may have several
        return [replace(candidate, user_id=None) for candidate in found]
    return found


def _pieces(found: list[Candidate]) -> list[list[Candidate]]:
    """In short runs that never part a customer's people, since a piece ends with a customer's reference."""
    pieces: list[list[Candidate]] = []
    for candidate in found:
        full = pieces and len(pieces[-1]) >= LISTED_AT_A_TIME
        if not pieces or (full and pieces[-1][-1].account_id != candidate.account_id):
            pieces.append([])
        pieces[-1].append(candidate)
    return pieces


def _do_some(
    db: sqlite3.Connection, organisation_id: int, deed: Deed, provider: Provider, now: datetime
) -> bool:
    """Do the next rows; False: none was left, and the deed is done."""
    rows = bulk_rows.to_do(db, organisation_id, deed.id, DONE_AT_A_TIME[deed.kind])
    for row in rows:
        _do(db, organisation_id, deed, row, provider, now)
    if not rows:
        bulk_deeds.set_state(db, organisation_id, deed.id, State.DONE, now)
    return bool(rows)


def _do(
    db: sqlite3.Connection, organisation_id: int, deed: Deed, row: Row, provider: Provider, now: datetime
) -> None:
    candidate = candidates.of_user(db, organisation_id, deed.kind, row.account_id, row.user_id)
    done = _Done(Outcome.GONE, row.user_id)
    if candidate:
        done = _Done(outlook(deed.kind, candidate), candidate.user_id)
        if done.outcome in DONE:
            done = _act(db, organisation_id, deed.kind, candidate, provider, now)
    if done.outcome in DONE:
        audit.record(db, _entry(deed, row, done, now))
    email = candidate.email if candidate else row.email
    bulk_rows.keep_outcome(db, organisation_id, deed.id, row.position, email, done.outcome)


def _act(
    db: sqlite3.Connection,
    organisation_id: int,
    kind: Kind,
    candidate: Candidate,
    provider: Provider,
    now: datetime,
) -> _Done:
    account_id, user_id, outcome = candidate.account_id, candidate.user_id, outlook(kind, candidate)
    if kind is Kind.INVITE:
        person = Person(candidate.email)
        return _sent(inviting.invite(db, organisation_id, account_id, person, provider, now), outcome)
    assert user_id is not None
    match kind:
        case Kind.RESEND:
            sent = inviting.send_again(db, organisation_id, account_id, user_id, provider, now)
            return _sent(sent, outcome)
        case Kind.SUSPEND:
            users.suspend(db, organisation_id, user_id, now)
        case Kind.REACTIVATE:
            users.reactivate(db, organisation_id, user_id)
    return _Done(outcome, user_id)


def _sent(came_to: inviting.Outcome | NobodyWaits, outcome: Outcome) -> _Done:
    match came_to:
        case Invited(user_id) | Offered(user_id):
            return _Done(outcome, user_id)
        case NoName():
            return _Done(Outcome.NO_NAME, None)
        case _:
            return _Done(Outcome.GONE, None)


def _entry(deed: Deed, row: Row, done: _Done, now: datetime) -> Entry:
    return Entry(
        organisation_id=deed.organisation_id,
        actor=deed.asked_by,
        action=ACTIONS[done.outcome],
        object=f"user:{done.user_id}",
        detail={"account": row.reference, "bulk": str(deed.id)},
        address=deed.address,
        at=now,
    )
