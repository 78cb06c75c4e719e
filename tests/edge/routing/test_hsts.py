import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from edge.routing import hsts
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname

NAME = Hostname("billing.customer.example")


@pytest.mark.parametrize(
    ("confirmation", "live", "told"),
    [
        (Confirmation.CNAME, True, True),
        (Confirmation.CNAME, False, False),
        (Confirmation.ADDRESS, False, True),
    ],
)
async def test_only_names_that_were_proved_are_bound_to_https(
    monkeypatch: pytest.MonkeyPatch, confirmation: Confirmation, live: bool, told: bool
) -> None:
    monkeypatch.setattr(hsts, "hostname_of", lambda request: NAME)
    destination = Destination(NAME, Room.PORTAL, 1, False, (), confirmation, None, live=live)
    response = web.Response()
    await hsts.strict_transport({NAME: destination}.get)(make_mocked_request("GET", "/"), response)
    assert response.headers.get("Strict-Transport-Security") == ("max-age=15552000" if told else None)


async def test_a_name_that_nobody_has_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hsts, "hostname_of", lambda request: None)
    response = web.Response()
    await hsts.strict_transport({}.get)(make_mocked_request("GET", "/"), response)  # type: ignore[arg-type]
    assert "Strict-Transport-Security" not in response.headers
