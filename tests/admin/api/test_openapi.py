from openapi_spec_validator import validate

from admin.api.routes import PREFIX
from store.api_tokens import SCOPES
from tests.admin.api.house import DOCUMENT, ROUTES, Program


def test_document_is_openapi_3_1() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_every_route_of_the_application_is_in_the_document(program: Program) -> None:
    served = {
        (route.method, route.resource.canonical.removeprefix(PREFIX))
        for route in program.client.app.router.routes()
        if route.resource and route.method != "HEAD"
    }
    documented = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert served == documented == {(route.method, route.path) for route in ROUTES}


def test_every_operation_has_an_id_of_its_own() -> None:
    names = [route.name for route in ROUTES]
    assert len(set(names)) == len(names)


def test_every_scope_is_of_use_and_every_route_has_a_known_one() -> None:
    used = {route.scope for route in ROUTES} - {None, "any"}
    assert used == set(SCOPES)


async def test_document_is_open_to_anybody(program: Program) -> None:
    program.token = ""
    answer = await program.get("/openapi.json")
    assert (answer.status, answer.json) == (200, DOCUMENT)


def test_writes_take_no_unknown_fields() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name in ("CustomerFields", "InvoiceFields", "LineRow", "PaymentFields", "CallRow"):
        assert schemas[name]["additionalProperties"] is False
