"""Operator: what whoever runs the process looks at: first steps, console, every name, every mail, suspensions."""

from aiohttp import web

from admin.operators import console, domains, handshakes, mail, organisations, welcome
from admin.operators.gate import for_operators


def routes() -> list[web.RouteDef]:
    """For operators only; to everybody else these pages are not there."""
    return [
        web.get("/welcome", for_operators(welcome.show)),
        web.post("/welcome/ca", for_operators(welcome.try_ca)),
        web.post("/welcome/mail", for_operators(welcome.try_mail)),
        web.get("/console", for_operators(console.show)),
        web.get("/console/handshakes", for_operators(handshakes.show)),
        web.get("/console/handshakes/status", for_operators(handshakes.status)),
        web.get("/console/handshakes/events", for_operators(handshakes.events)),
        web.get("/domains", for_operators(domains.show)),
        web.get("/mail", for_operators(mail.show)),
        web.get("/new-organisation", for_operators(organisations.show_new)),
        web.post("/new-organisation", for_operators(organisations.add)),
        web.get("/organisations/{slug}/suspension", for_operators(organisations.show_suspension)),
        web.post("/organisations/{slug}/suspension", for_operators(organisations.suspend)),
        web.post("/organisations/{slug}/suspension/end", for_operators(organisations.resume)),
    ]
