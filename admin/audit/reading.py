"""Reading: a page of deeds, with the names that go with them."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from admin.audit import words
from admin.audit.narrowing import Narrowing
from admin.audit.words import Said
from store import audit, audit_names
from store.audit import Kept, Place, Wanted

_ACTORS = {"the command line": "cli", "brassplate": "system", "a new customer": "customer"}


@dataclass(frozen=True, slots=True)
class Line:
    """A deed for people."""

    kept: Kept
    who: str
    said: Said
    details: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines, and the place after which the next ones come; None: that was all."""

    lines: list[Line]
    then: Place | None


def part(
    db: sqlite3.Connection,
    organisation_id: int | None,
    chosen: Narrowing,
    zone: ZoneInfo,
    limit: int,
) -> Part:
    """The lines of a narrowing after its place."""
    wanted = _wanted(db, organisation_id, chosen, zone)
    found = audit.page(db, organisation_id, wanted, chosen.after, limit + 1)
    shown = found[:limit]
    names = _names(db, organisation_id, shown)
    return Part([_line(kept, names) for kept in shown], shown[-1].place if len(found) > limit else None)


def _wanted(db: sqlite3.Connection, organisation_id: int | None, chosen: Narrowing, zone: ZoneInfo) -> Wanted:
    since, until = chosen.days(zone)
    who = chosen.who.casefold()
    actors = {_ACTORS.get(who, chosen.who)} if who else set()
    thing = chosen.thing
    if organisation_id is not None:
        if who and (user := audit_names.user_of(db, organisation_id, who)):
            actors.add(user)
        if thing and (user := audit_names.user_of(db, organisation_id, thing)):
            thing = user
    return Wanted(
        actors=tuple(sorted(actors)),
        actor_name=who,
        action=chosen.what,
        object=thing,
        since=since,
        until=until,
    )


def _names(db: sqlite3.Connection, organisation_id: int | None, shown: list[Kept]) -> dict[str, str]:
    named = {kept.entry.actor: kept.actor_name for kept in shown if kept.actor_name}
    if organisation_id is None:
        return named
    subjects = {text for kept in shown for text in (kept.entry.actor, kept.entry.object)}
    return named | audit_names.names(db, organisation_id, subjects)


def _line(kept: Kept, names: Mapping[str, str]) -> Line:
    entry = kept.entry
    return Line(
        kept=kept,
        who=words.who(entry.actor, kept.actor_name, names),
        said=words.said(entry.action, entry.object, names),
        details=words.details(entry.detail),
    )
