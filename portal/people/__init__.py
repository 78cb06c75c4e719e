"""People: who of a customer has access, what they may do; those with full access invite, change and remove."""

from aiohttp import web

from portal.people import inviting, views
from portal.people.listing import PEOPLE
from portal.visit import private

INVITE = f"{PEOPLE}/invite"
PERSON = f"{PEOPLE}/{{person}}"


def routes() -> list[web.RouteDef]:
    """For members of an account."""
    return [
        web.get(PEOPLE, private(views.show)),
        web.get(INVITE, private(inviting.show)),
        web.post(INVITE, private(inviting.submit)),
        web.get(PERSON, private(views.show_person)),
        web.post(f"{PERSON}/role", private(views.set_role)),
        web.post(f"{PERSON}/again", private(inviting.again)),
        web.post(f"{PERSON}/remove", private(views.remove)),
    ]
