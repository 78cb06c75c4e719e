"""Keys: what the application and each request carry, typed."""

from dataclasses import dataclass

from aiohttp import web

from admin.provider import Check, Complete, Operations, ProviderFacts
from portal.passwords import Passwords
from portal.rendering import Renderer
from store.database import Store
from store.instants import Clock
from store.organisations import Organisation
from store.sessions import Session
from store.staff import Member
from store.vault import Vault

STORE = web.AppKey("store", Store)
CLOCK = web.AppKey[Clock]("clock")
FACTS = web.AppKey("facts", ProviderFacts)
CHECK = web.AppKey[Check]("check")
COMPLETE = web.AppKey[Complete]("complete")
OPERATIONS = web.AppKey("operations", Operations)
RENDERER = web.AppKey("renderer", Renderer)
PASSWORDS = web.AppKey("passwords", Passwords)
VAULT = web.AppKey("vault", Vault)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, and the organisation that the URL names, if they may see it; without one, an admin's own."""

    session: Session
    member: Member
    organisation: Organisation | None
    waiting: int = 0
    """So many registrations and changes of details wait for that organisation's admin."""


VISITOR = web.RequestKey("visitor", Visitor)
