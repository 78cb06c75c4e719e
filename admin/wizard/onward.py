"""Onward: from a portal that has just gone live to its branding and its customers' access, step by step."""

import sqlite3
from datetime import timedelta

from aiohttp import web

from admin.keys import CLOCK, STORE
from admin.pages import home_url
from admin.rights import organisation_of
from admin.wizard.facts import facts_of, is_branded
from admin.wizard.progress import Onward, Stage, progress
from admin.wizard.steps import Facts, position
from store import users
from store.organisations import Organisation

JUST_NOW = timedelta(days=7)
"""So long after going live the pages still lead to what follows."""


def onward_of(db: sqlite3.Connection, organisation: Organisation) -> Onward:
    """What follows for an organisation, and what is done of it."""
    home = home_url(organisation)
    return Onward(
        f"{home}/branding",
        is_branded(db, organisation.id),
        f"{home}/customers",
        users.any_of(db, organisation.id),
    )


async def leading(request: web.Request, here: str) -> tuple[Stage, ...]:
    """The steps, on the page of the step `here`, while a portal that is new still has one before it."""
    organisation, now = organisation_of(request), request.app[CLOCK]()
    facts, onward = await request.app[STORE].read(_read, organisation)
    live_at = facts.domain.live_at if facts.domain else None
    if not facts.enabled or live_at is None or now - live_at >= JUST_NOW or onward.is_done:
        return ()
    return progress(position(facts, now), onward, here=here)


def _read(db: sqlite3.Connection, organisation: Organisation) -> tuple[Facts, Onward]:
    return facts_of(db, organisation.id), onward_of(db, organisation)
