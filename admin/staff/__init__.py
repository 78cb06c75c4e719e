"""Staff: who looks after an organisation, who operates all; added, sent a link, removed."""

from aiohttp import web

from admin.operators.gate import for_operators
from admin.staff import adding, links, lists, removing

OF_ORGANISATION = "/organisations/{slug}/staff"
OF_ALL = "/staff"


def routes() -> list[web.RouteDef]:
    """An organisation's admins, for whoever may see it; all of the staff, for operators."""
    return [
        web.get(OF_ORGANISATION, lists.of_organisation),
        web.get(f"{OF_ORGANISATION}/new", adding.show),
        web.post(f"{OF_ORGANISATION}/new", adding.add),
        web.post(f"{OF_ORGANISATION}/{{member}}/link", links.send),
        web.get(f"{OF_ORGANISATION}/{{member}}/remove", removing.show),
        web.post(f"{OF_ORGANISATION}/{{member}}/remove", removing.remove),
        web.get(OF_ALL, for_operators(lists.of_all)),
        web.get(f"{OF_ALL}/new", for_operators(adding.show)),
        web.post(f"{OF_ALL}/new", for_operators(adding.add)),
        web.post(f"{OF_ALL}/{{member}}/link", for_operators(links.send)),
        web.get(f"{OF_ALL}/{{member}}/remove", for_operators(removing.show)),
        web.post(f"{OF_ALL}/{{member}}/remove", for_operators(removing.remove)),
        web.get("/set-password/{token}", links.show, name="staff_link"),
        web.post("/set-password/{token}", links.choose, name="staff_link"),
    ]
