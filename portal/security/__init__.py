"""Security: somebody's own sign-in: password, second factor, sessions; the same for customers and for staff."""

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from portal.security import enrolment, history, proof, views
from portal.security.ground import View


def routes(own: Callable[[View], Handler]) -> list[web.RouteDef]:
    """`own` makes a handler of a view, for whoever is signed in."""
    return [
        web.get("/security", own(views.show)),
        web.get("/security/password", own(views.edit_password)),
        web.post("/security/password", own(views.save_password)),
        web.post("/security/sessions/end-others", own(views.end_others)),
        web.post("/security/sessions/{name}/end", own(views.end)),
        web.get(history.URL, own(history.show)),
        web.get("/security/factor", own(enrolment.show)),
        web.post("/security/factor", own(enrolment.begin)),
        web.post("/security/factor/confirm", own(enrolment.confirm)),
        web.post("/security/factor/off", own(enrolment.switch_off)),
        web.post("/security/codes", own(enrolment.renew)),
        web.get("/security/proof", own(proof.show)),
        web.post("/security/proof", own(proof.submit)),
    ]
