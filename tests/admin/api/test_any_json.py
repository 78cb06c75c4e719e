"""Random JSON to every write: never a failure of ours, and nothing is changed that was not said to be."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.api.routes import Route
from tests.admin.api.house import ROUTES, House, Program, house
from tests.admin.api.records import call, customer, invoice, line, mandate, payment

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            " ",
            "\0",
            "=1+1",
            "-5",
            "1e9",
            "4.4E+11",
            "9" * 40,
            "-0.01",
            "2026-02-30",
            "2026-11-22",
            "GBP",
            "XXX",
        ]
    ),
    st.sampled_from(["A100", "INV-1", "PAY-1", "creditNote", "paidOut", "standard", "zero", "20", "100.00"]),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
)
VALUES = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.lists(TEXTS, max_size=2),
)
GOOD: dict[str, dict[str, Any]] = {
    "customers": customer(),
    "invoices": invoice(),
    "payments": payment(allocations=[{"invoice_number": "INV-1", "amount": "5.00"}]),
    "mandates": mandate(),
    "calls": call(),
}
PARTS = {"lines": line(), "allocations": {"invoice_number": "INV-1", "amount": "5.00"}}
WRITES = [route for route in ROUTES if route.body and route.body.schema]


@st.composite
def twisted(draw: st.DrawFn, good: dict[str, Any]) -> dict[str, Any]:
    """A good row of which some fields are something else, gone, or new."""
    row = dict(good)
    for name in draw(st.lists(st.sampled_from(sorted(good)), max_size=3)):
        if name in PARTS and draw(st.booleans()):
            row[name] = draw(st.lists(twisted(PARTS[name]), max_size=3))
        elif draw(st.booleans()):
            row[name] = draw(VALUES)
        else:
            row.pop(name, None)
    if draw(st.integers(0, 9)) == 0:
        row[draw(st.text(max_size=5))] = draw(VALUES)
    return row


def bodies(route: Route) -> st.SearchStrategy[Any]:
    row = twisted(GOOD[route.tag.lower()])
    if route.method == "PUT":
        return st.one_of(row, VALUES)
    rows = st.lists(st.one_of(row, row, row, VALUES), max_size=4)
    return st.one_of(rows.map(lambda found: {"rows": found}), rows, VALUES)


async def send(route: Route, sent: list[Any]) -> None:
    """A fresh store, the bodies one after another; a row that is refused leaves its thing as it was."""
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder)) as opened, opened.started() as program:
            await _prepare(opened, program)
            for body in sent:
                opened.passes(minutes=1)
                before = await _shown(program)
                text = json.dumps(body, allow_nan=True)
                answer = await program.send(
                    route.method, _path(route), data=text, headers={"Content-Type": "application/json"}
                )
                assert answer.status in (200, 400, 422), answer
                kept = answer.status == 200 and bool(answer.json["batches"])
                if not kept:
                    assert await _shown(program) == before


async def _prepare(opened: House, program: Program) -> None:
    program.token = (await opened.token(await opened.organisation("acme"))).secret
    assert (await program.put("/customers/A100", customer())).status == 200
    assert (await program.put("/invoices/INV-1", invoice())).status == 200


async def _shown(program: Program) -> list[bytes]:
    paths = (
        "/customers",
        "/invoices",
        "/payments",
        "/mandates",
        "/calls?account_reference=A100",
        "/batches",
        "/invoices/INV-1",
    )
    return [(await program.send("GET", f"/api/v1{path}")).body for path in paths]


def _path(route: Route) -> str:
    return route.path.format(reference="A100", number="INV-1", external_id="PAY-1")


@pytest.mark.parametrize("route", WRITES, ids=lambda route: route.name)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_json_is_kept_or_refused_with_words(route: Route, data: st.DataObject) -> None:
    sent = data.draw(st.lists(bodies(route), min_size=1, max_size=6))
    asyncio.run(send(route, sent))
