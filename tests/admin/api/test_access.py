"""Every route, walked from the table: without a token, with another scope, with another organisation's ids."""

import re

import pytest

from admin.api.routes import ANY, Route
from store import api_tokens, organisations
from tests.admin.api.house import ROUTES, Answer, House, Program
from tests.admin.api.records import PDF, call, customer, invoice, mandate, payment

CLOSED = [route for route in ROUTES if route.scope]
UPSERTS = {"customers_put", "invoices_put", "payments_put", "mandates_put"}
NAMING = [route for route in CLOSED if "{" in route.path and route.name not in UPSERTS]
"""Routes that name a thing that must be there."""
IDS = {"reference": "A100", "number": "INV-1", "external_id": "PAY-1"}
"""Those of payments and of mandates are alike."""
CSV = b"reference,name\nA100,Harbour Coffee Ltd\n"
SHOWN = ("/customers/A100", "/invoices/INV-1", "/payments/PAY-1", "/mandates/PAY-1")
BODIES = {
    "customers_put": customer(),
    "customers_add": {"rows": [customer()]},
    "invoices_put": invoice(),
    "invoices_add": {"rows": [invoice()]},
    "payments_put": payment(),
    "payments_add": {"rows": [payment()]},
    "mandates_put": mandate("PAY-1"),
    "mandates_add": {"rows": [mandate("PAY-1")]},
    "calls_add": {"rows": [call()]},
}


async def ask(program: Program, route: Route, batch: object = 1) -> Answer:
    """A good request to a route."""
    ids = {**IDS, "id": batch}
    path = re.sub(r"{(\w+)}", lambda found: str(ids[found[1]]), route.path)
    query = {"account_reference": "A100"} if route.name == "calls_index" else {}
    if route.body and route.body.streams:
        headers = {"Content-Type": route.body.content_type}
        return await program.send(route.method, path, data=CSV, headers=headers, params={"kind": "customers"})
    if route.body and route.body.schema is None:
        headers = {"Content-Type": route.body.content_type}
        return await program.send(route.method, path, data=PDF, headers=headers, params=query)
    body = {"json": BODIES[route.name]} if route.body else {}
    return await program.send(route.method, path, params=query, **body)


async def fill(program: Program) -> int:
    """Everything that ids can name; the id of a batch."""
    made = await program.put("/customers/A100", customer())
    await program.put("/invoices/INV-1", invoice())
    await program.put("/payments/PAY-1", payment())
    await program.put("/mandates/PAY-1", mandate("PAY-1"))
    await program.post("/calls", {"rows": [call()]})
    sent = await program.send(
        "PUT", "/invoices/INV-1/document", data=PDF, headers={"Content-Type": "application/pdf"}
    )
    assert sent.status == 200
    job = await program.send(
        "POST", "/imports", data=CSV, headers={"Content-Type": "text/csv"}, params={"kind": "customers"}
    )
    assert job.json["id"] == 1
    return int(made.json["batches"][0]["id"])


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: route.name)
async def test_no_token_is_asked_for_one(program: Program, route: Route) -> None:
    program.token = ""
    answer = await ask(program, route)
    assert (answer.status, answer.problem) == (401, "unauthorised")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="brassplate"'


@pytest.mark.parametrize(
    "route", [route for route in CLOSED if route.scope != ANY], ids=lambda route: route.name
)
async def test_other_scopes_open_nothing(house: House, acme: int, program: Program, route: Route) -> None:
    assert route.scope
    others = sorted({each.scope for each in CLOSED if each.scope and each.scope != ANY} - {route.scope})
    program.token = (await house.token(acme, *others)).secret
    answer = await ask(program, route)
    assert (answer.status, answer.problem) == (403, "scope-missing")
    assert route.scope in answer.json["detail"]


@pytest.mark.parametrize("route", NAMING, ids=lambda route: route.name)
async def test_foreign_ids_are_as_missing_ones(
    house: House, acme: int, program: Program, route: Route
) -> None:
    """The same request of another organisation, before acme has the thing and after: the same bytes."""
    stranger = Program(program.client, (await house.token(await house.organisation("other"))).secret)
    missing = await ask(stranger, route, batch=1)
    batch = await fill(program)
    assert batch == 1
    foreign = await ask(stranger, route, batch=batch)
    assert (foreign.status, foreign.body) == (missing.status, missing.body)
    assert foreign.status in (404, 422)


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: route.name)
async def test_nothing_of_another_organisation_is_shown_or_changed(
    house: House, program: Program, route: Route
) -> None:
    await fill(program)
    before = [(await program.get(path)).body for path in SHOWN]
    stranger = Program(program.client, (await house.token(await house.organisation("other"))).secret)
    answer = await ask(stranger, route)
    if route.method == "GET" and answer.status == 200 and route.path != "/token":
        assert answer.json["data"] == []
    after = [(await program.get(path)).body for path in SHOWN]
    assert after == before


async def test_unknown_revoked_and_expired_tokens_get_the_same_bytes(
    house: House, acme: int, program: Program
) -> None:
    expired = await house.token(acme, days=1)
    revoked = await house.token(acme)
    await house.store.write(api_tokens.revoke, acme, revoked.token.id, house.now)
    house.passes(days=2)
    answers = []
    for token in (expired.secret, revoked.secret, expired.secret[:-1] + "x", "bp_9_" + "A" * 43, "nonsense"):
        program.token = token
        answers.append(await program.get("/customers"))
    assert {(answer.status, answer.body) for answer in answers} == {(401, answers[0].body)}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {
        'Bearer realm="brassplate", error="invalid_token"'
    }


@pytest.mark.parametrize(
    "header", ["Basic YTpi", "Bearer", "Bearer  ", "bp_1_x", "Bearer a b", "Bearer \xff"]
)
async def test_other_authorisation_is_none(program: Program, header: str) -> None:
    answer = await program.send("GET", "/customers", headers={"Authorization": header})
    assert answer.status == 401


async def test_scheme_is_known_in_any_case(program: Program) -> None:
    answer = await program.send("GET", "/token", headers={"Authorization": f"bearer {program.token}"})
    assert answer.status == 200


async def test_token_in_the_address_opens_nothing(program: Program) -> None:
    token, program.token = program.token, ""
    answer = await program.send("GET", "/customers", params={"access_token": token})
    assert answer.status == 401


async def test_suspended_organisation_is_told_so(house: House, acme: int, program: Program) -> None:
    await house.store.write(organisations.set_suspended, acme, True)
    answer = await program.get("/customers")
    assert (answer.status, answer.problem) == (403, "suspended")


async def test_many_bad_tokens_have_to_wait_and_a_good_one_does_not(program: Program) -> None:
    good, program.token = program.token, "bp_9_" + "A" * 43
    answers = [await program.get("/customers") for _ in range(22)]
    assert [answer.status for answer in answers[:20]] == [401] * 20
    assert (answers[-1].status, answers[-1].problem) == (429, "too-many-requests")
    assert int(answers[-1].headers["Retry-After"]) >= 1
    program.token = good
    assert (await program.get("/customers")).status == 200


async def test_use_of_a_token_is_kept_to_the_minute(house: House, acme: int, program: Program) -> None:
    async def used() -> object:
        (token,) = await house.store.read(api_tokens.of_organisation, acme)
        return token.used_at

    first = house.now
    await program.get("/token")
    house.passes(seconds=59)
    await program.get("/token")
    assert await used() == first
    house.passes(seconds=1)
    await program.get("/token")
    assert await used() == house.now


async def test_token_says_what_it_is(house: House, acme: int, program: Program) -> None:
    program.token = (await house.token(acme, "edits:read", "calls:read")).secret
    shown = (await program.get("/token")).json
    assert (shown["organisation"], shown["scopes"]) == ("acme", ["calls:read", "edits:read"])


async def test_log_names_the_token_and_never_its_secret(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await program.get("/customers/A100")
    (line,) = [record for record in caplog.records if record.getMessage() == "api request"]
    assert (line.__dict__["token"], line.__dict__["status"]) == (1, 404)
    assert line.__dict__["route"] == "/api/v1/customers/{reference}"
    assert not any(program.token in str(record.__dict__) for record in caplog.records)
