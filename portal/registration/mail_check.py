"""Mail checks: whether an address that somebody gave is theirs; only who opens the mail chooses a password.

So nobody can prepare a sign-in for another's address and wait until they confirm it.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from portal.desk import desk
from portal.mail import Provider, access
from store import registrations
from store.registrations import Facts, Proof
from store.tokens import LIFETIMES, Claim, Purpose


@dataclass(frozen=True, slots=True)
class _To:
    account_id: int
    email: str
    proof: Proof


def after_facts(
    db: sqlite3.Connection, organisation_id: int, facts: Facts, email: str, provider: Provider, now: datetime
) -> None:
    """Mail a link to who said what is on an invoice, when it is."""
    account_id = registrations.account_by_facts(db, organisation_id, facts)
    if account_id is not None:
        _send(db, organisation_id, _To(account_id, email, Proof.INVOICE_FACTS), provider, now)


def after_link(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    email: str,
    provider: Provider,
    now: datetime,
) -> None:
    """Mail a link to another address than the invoice went to."""
    _send(db, organisation_id, _To(account_id, email, Proof.MAILED_INVOICE), provider, now)


def _send(
    db: sqlite3.Connection,
    organisation_id: int,
    to: _To,
    provider: Provider,
    now: datetime,
) -> None:
    at = desk(db, organisation_id, provider)
    if at is None:
        return
    claim = Claim(
        purpose=Purpose.MAIL_CHECK,
        host=at.host,
        account_id=to.account_id,
        email=to.email,
        detail={"proof": to.proof.value},
    )
    lifetime = LIFETIMES[Purpose.MAIL_CHECK]
    token = at.issue(db, claim, now)
    letter = access.mail_check(
        at.head,
        path=f"/register/confirm/{token}",
        secret=token,
        hours=int(lifetime.total_seconds() // 3600),
    )
    at.send(db, letter, to.email, now, account_id=to.account_id, lifetime=lifetime)
