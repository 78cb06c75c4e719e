"""Taking a second factor: a code of the app, or a recovery code; throttled, and none is taken twice."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from portal.security import recovery, totp
from portal.security.realm import Realm
from store import second_factors, signin
from store.owner import Owner
from store.second_factors import Factor
from store.signin import Subject, Wait
from store.vault import Vault


class Kind(Enum):
    """What was given."""

    CODE = "code"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True, slots=True)
class Wrong:
    """No code of this person, or one that was taken before."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody typed, as the store needs it: one of the two is there."""

    step: int | None
    code_hash: bytes | None


def seal(vault: Vault, owner: Owner, secret: str) -> bytes:
    """A secret as the store keeps it: it opens for its owner alone."""
    return vault.seal(secret.encode(), *second_factors.belongs_to(owner))


def opened(vault: Vault, owner: Owner, factor: Factor) -> str:
    """The secret of somebody's factor; `store.vault.SealBroken`."""
    return vault.open(factor.sealed_secret, *second_factors.belongs_to(owner)).decode()


def throttle(realm: Realm, owner: Owner) -> Subject:
    """The counter of somebody's codes."""
    return signin.factor_subject(realm.key, owner.actor)


def read(vault: Vault, owner: Owner, factor: Factor, text: str, now: datetime) -> Given | Wrong:
    """What a typed text is, as far as it can be told without the store."""
    if recovery.looks_like_one(text):
        return Given(None, recovery.hash_of(owner, text))
    step = totp.matching_step(opened(vault, owner, factor), digits(text), now)
    return Given(step, None) if step is not None else Wrong()


def take(db: sqlite3.Connection, factor: Factor, given: Given, now: datetime) -> Kind | Wrong:
    """Take what was read, once."""
    if given.step is not None and second_factors.take_step(db, factor.id, given.step):
        return Kind.CODE
    if given.code_hash is not None and second_factors.take_code(db, factor.id, given.code_hash, now):
        return Kind.RECOVERY_CODE
    return Wrong()


def attempt(
    db: sqlite3.Connection, subject: Subject, factor: Factor, given: Given | Wrong, now: datetime
) -> Kind | Wrong | Wait:
    """Count an attempt, then take what was given; the counter starts anew when it is right."""
    wait = signin.begin(db, (subject,), now)
    if wait:
        return wait
    taken = take(db, factor, given, now) if isinstance(given, Given) else given
    if isinstance(taken, Kind):
        signin.forget(db, subject)
    return taken


def digits(text: str) -> str:
    """A code as typed, without what people put between."""
    return "".join(character for character in text if character not in " -\N{NO-BREAK SPACE}")
