"""Mailing a code: to who is an active user, nothing to anybody else; the answer to the browser waits for neither.

The token is the secret in the cookie of the browser that asked, and what is mailed is known by its hash with that
secret alone: six digits in a copy of the store, or in another browser, are worth nothing.
"""

import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from portal.desk import desk
from portal.mail import Provider, access, is_address
from store import tokens, users
from store.hostname import Hostname
from store.tokens import LIFETIMES, Claim, Purpose, Token
from store.users import Status

DIGITS = 6
CODE, LINK, TRIES = "code", "link", "tries"


@dataclass(frozen=True, slots=True)
class Browser:
    """Who asked: the secret in its cookie, and the host that it is on."""

    secret: str
    host: Hostname


def send(
    db: sqlite3.Connection,
    organisation_id: int,
    email: str,
    browser: Browser,
    provider: Provider,
    now: datetime,
) -> None:
    """Mail a code that works in this browser; and a link, where links lead to the host that it is on."""
    user, at = users.by_email(db, organisation_id, email), desk(db, organisation_id, provider)
    if user is None or at is None or user.status is not Status.ACTIVE or not is_address(user.email):
        return
    code, link = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", secrets.token_urlsafe(32)
    claim = Claim(
        purpose=Purpose.SIGN_IN,
        host=browser.host,
        user_id=user.id,
        email=user.email,
        detail={CODE: _hash(browser.secret, code), LINK: _hash(browser.secret, link), TRIES: "0"},
    )
    tokens.issue(db, organisation_id, claim, now, token=browser.secret)
    lifetime = LIFETIMES[Purpose.SIGN_IN]
    letter = access.sign_in_code(
        at.head,
        code=code,
        minutes=int(lifetime.total_seconds() // 60),
        path=f"/sign-in/mail/{link}" if browser.host == at.host else "",
        secret=link,
    )
    at.send(db, letter, user.email, now, user_id=user.id, lifetime=lifetime)


def is_right(found: Token, what: str, secret: str, given: str) -> bool:
    """Whether the code, or the link, is the one that was mailed for this browser's secret."""
    return hmac.compare_digest(found.claim.detail.get(what, ""), _hash(secret, given))


def _hash(secret: str, given: str) -> str:
    return hashlib.sha256(f"{secret}\0{given}".encode(errors="surrogatepass")).hexdigest()
