"""Registration: a name becomes an organisation's address, is claimed, or is freed again; each one transaction."""

import sqlite3
from dataclasses import dataclass
from enum import Enum

from admin.wizard.facts import own_domain
from portal import mail
from portal.mail import Provider
from store import audit, changeover, claims, domains, titles
from store.audit import Entry
from store.claims import TooMany
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.ownership import Verdict
from store.portal_names import is_external
from store.titles import Registered

CLAIMED = "domain.claimed"
LOST = "domain.lost"


class Outcome(Enum):
    """How a registration ended; the value is what the admin reads."""

    REGISTERED = ""
    CLAIMED = "This name is in use elsewhere, or was until lately: prove that it is yours."
    OPEN = "Your portal has an address already."
    OWN = "Your organisation uses this name for something else."
    ELSEWHERE = "This name is in use elsewhere."
    TOO_MANY = (
        "You have asked for several names that are in use elsewhere. Prove or give up one of them first."
    )


@dataclass(frozen=True, slots=True)
class House:
    """The provider, as registration needs it: the shared CNAME target, and who writes the mails."""

    cname_target: Hostname
    mail: Provider


def register(
    db: sqlite3.Connection, organisation_id: int, name: Hostname, house: House, entry: Entry
) -> Outcome:
    """Make `name` the address of an organisation's portal, or open a claim to it where another has or had it."""
    if own_domain(db, organisation_id):
        return Outcome.OPEN
    return add(db, organisation_id, name, house, entry)


def add(db: sqlite3.Connection, organisation_id: int, name: Hostname, house: House, entry: Entry) -> Outcome:
    """As `register`, also where the portal has an address: a name that is to take its place."""
    if not changeover.may_begin(db, organisation_id):
        return Outcome.OPEN
    match titles.register(db, organisation_id, _wanted(db, name, organisation_id, house), entry.at):
        case Registered():
            audit.record(db, entry)
            return Outcome.REGISTERED
        case Verdict.YOURS:
            return Outcome.OWN
        case Verdict.PROOF_NEEDED:
            return _claim(db, organisation_id, name, house, entry)
        case _:
            return Outcome.ELSEWHERE


def take(db: sqlite3.Connection, organisation_id: int, name: Hostname, house: House, entry: Entry) -> bool:
    """Make a claimed name the organisation's, its proof having been seen just now; who has it loses it, and is told.

    False where the claim is not open any more, or the portal got another address meanwhile.
    """
    if claims.find(db, organisation_id, name, entry.at) is None:
        return False
    if not changeover.may_begin(db, organisation_id):
        return False
    wanted = _wanted(db, name, organisation_id, house)
    done = titles.register(db, organisation_id, wanted, entry.at, proved=True)
    if not isinstance(done, Registered):
        return False
    audit.record(db, entry)
    if done.former is not None:
        audit.record(db, Entry(done.former, "system", LOST, name, {}, "", entry.at))
        mail.tell_admins(
            db,
            done.former,
            house.mail,
            lambda head, holder: mail.duties.name_lost(
                head, organisation=holder.name, hostname=name, path=mail.access_path(holder)
            ),
            entry.at,
        )
    return True


def give_up(db: sqlite3.Connection, organisation_id: int, name: Hostname, entry: Entry) -> bool:
    """Forget a claim; False when there is none."""
    if not claims.give_up(db, organisation_id, name):
        return False
    audit.record(db, entry)
    return True


def free(db: sqlite3.Connection, organisation_id: int, name: Hostname, entry: Entry) -> bool:
    """Forget a name of the organisation's own that never went live, or leads on; False when there is none such."""
    domain = domains.by_hostname(db, name)
    if domain is None or domain.destination.organisation_id != organisation_id:
        return False
    if not is_external(domain.destination) or (domain.live_at and not domain.destination.redirect_to):
        return False
    domains.remove(db, name, entry.at)
    audit.record(db, entry)
    return True


def _claim(
    db: sqlite3.Connection, organisation_id: int, name: Hostname, house: House, entry: Entry
) -> Outcome:
    opened = claims.open_claim(db, organisation_id, name, entry.at)
    if isinstance(opened, TooMany):
        return Outcome.TOO_MANY
    if opened.new:
        audit.record(db, Entry(organisation_id, entry.actor, CLAIMED, name, {}, entry.address, entry.at))
        holder = domains.by_hostname(db, name)
        if holder and holder.destination.organisation_id is not None:
            mail.tell_admins(
                db,
                holder.destination.organisation_id,
                house.mail,
                lambda head, holds: mail.duties.name_claimed(
                    head, organisation=holds.name, hostname=name, path=mail.access_path(holds)
                ),
                entry.at,
            )
    return Outcome.CLAIMED


def _wanted(db: sqlite3.Connection, name: Hostname, organisation_id: int, house: House) -> Destination:
    target = titles.own_target(db, organisation_id, house.cname_target)
    return Destination(name, Room.PORTAL, organisation_id, False, (), Confirmation.CNAME, target)
