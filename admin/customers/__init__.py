"""Customers: who they are, who signs in for them, and what waits for an admin."""

from aiohttp import web

from admin.customers import approvals, bulk, customer, index, people

CUSTOMERS = "/organisations/{slug}/customers"
DEEDS = f"{CUSTOMERS}/-/deeds"
_DEED = f"{DEEDS}/{{deed:[0-9]{{1,15}}}}"
_ONE = f"{CUSTOMERS}/{{reference}}"
_PERSON = f"{_ONE}/users/{{user:[0-9]{{1,15}}}}"


def routes() -> list[web.RouteDef]:
    """The feature's routes; `approvals` comes before a customer who might have that reference."""
    return [
        web.get(CUSTOMERS, index.show),
        web.post(CUSTOMERS, bulk.confirm),
        web.get(f"{CUSTOMERS}/approvals", approvals.show),
        web.post(f"{CUSTOMERS}/approvals/registrations", approvals.decide_registrations),
        web.post(f"{CUSTOMERS}/approvals/details", approvals.decide_details),
        web.get(DEEDS, bulk.recent),
        web.post(DEEDS, bulk.begin),
        web.get(_DEED, bulk.show),
        web.get(f"{_DEED}/status", bulk.status),
        web.get(f"{_DEED}/results.csv", bulk.download),
        web.get(_ONE, customer.show),
        web.post(f"{_ONE}/users", people.invite),
        web.post(f"{_PERSON}/role", people.set_role),
        web.post(f"{_PERSON}/{{action:resend|suspend|reactivate|remove}}", people.act),
    ]
