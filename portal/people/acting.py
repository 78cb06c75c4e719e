"""Acting: who changes the people of a customer, what can come of it, and whom it is told to."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.desk import Desk, desk
from portal.invitation.inviting import NoName
from portal.mail import Letter, Letterhead, Provider, is_address
from portal.people import mails
from portal.people.listing import Colleague, find
from portal.people.mails import Told
from store.audit import Entry
from store.invitations import AlreadyIn


@dataclass(frozen=True, slots=True)
class Acting:
    """Who changes the people of which customer, from where and when."""

    user_id: int
    email: str
    account_id: int
    reference: str
    account: str
    address: str
    provider: Provider
    now: datetime

    def entry(self, organisation_id: int, action: str, user_id: int, **detail: str) -> Entry:
        """What the audit says of it."""
        told = {"account": self.reference} | detail
        actor = f"user:{self.user_id}"
        return Entry(organisation_id, actor, action, f"user:{user_id}", told, self.address, self.now)


@dataclass(frozen=True, slots=True)
class Done:
    """It stands."""


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """Who asks may not say who has access, or not any more."""


@dataclass(frozen=True, slots=True)
class NotThere:
    """The customer has nobody of this id."""


@dataclass(frozen=True, slots=True)
class LastOne:
    """Nobody would be left who may say who has access."""


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """The organisation has suspended this sign-in: what becomes of it is its own to say."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """The customer has as many people as it may."""


Outcome = Done | NotAllowed | NotThere | LastOne | OutOfReach
Asked = Done | NotAllowed | AlreadyIn | NoName | TooMany


def may(found: list[Colleague], acting: Acting) -> bool:
    """Looked at again here: two who demote each other at once do not both."""
    one = find(found, acting.user_id)
    return one is not None and one.leads


def reached(
    found: list[Colleague], acting: Acting, user_id: int
) -> Colleague | NotAllowed | NotThere | OutOfReach:
    """Whom a change is about, where who asks may make it."""
    one = find(found, user_id)
    if not may(found, acting):
        return NotAllowed()
    if one is None:
        return NotThere()
    return OutOfReach() if one.suspended else one


def tell(
    db: sqlite3.Connection,
    organisation_id: int,
    acting: Acting,
    one: Colleague,
    letter: Callable[[Letterhead], Letter],
) -> None:
    """Who has accepted hears what was changed for them; who has not was told nothing yet."""
    at = desk(db, organisation_id, acting.provider)
    if at and not one.waits and one.user_id != acting.user_id:
        _send(db, at, acting, one, letter(at.head))


def tell_others(
    db: sqlite3.Connection, organisation_id: int, acting: Acting, found: list[Colleague], told: Told
) -> None:
    """The others of full access hear of it."""
    at = desk(db, organisation_id, acting.provider)
    if at is None:
        return
    letter = mails.told(at.head, acting.account, acting.email, told)
    for other in found:
        if other.leads and other.user_id != acting.user_id and other.email != told.who:
            _send(db, at, acting, other, letter)


def _send(db: sqlite3.Connection, at: Desk, acting: Acting, to: Colleague, letter: Letter) -> None:
    if is_address(to.email):
        at.send(db, letter, to.email, acting.now, user_id=to.user_id, account_id=acting.account_id)
