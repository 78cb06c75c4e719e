from datetime import UTC, datetime
from typing import Any

import pytest

from edge.tls.acme.errors import AcmeMalformed
from edge.tls.acme.order import (
    AuthorizationStatus,
    OrderStatus,
    order_request,
    parse_authorization,
    parse_order,
)
from store.hostname import Hostname

ORDER: dict[str, Any] = {
    "status": "pending",
    "expires": "2026-11-29T12:00:00.123456789Z",
    "identifiers": [{"type": "dns", "value": "shop.customer.test"}],
    "authorizations": ["https://ca.test/authorization/1"],
    "finalize": "https://ca.test/finalize/1",
}
AUTHORIZATION: dict[str, Any] = {
    "status": "invalid",
    "identifier": {"type": "dns", "value": "shop.customer.test"},
    "challenges": [
        {"type": "dns-persist-01", "url": "https://ca.test/3", "issuer-domain-names": ["ca.test"]},
        {"type": "http-01", "url": "https://ca.test/1", "token": "abc_-9", "error": {"detail": "no route"}},
        {"type": "tls-alpn-01", "url": "https://ca.test/2", "token": "abc_-9"},
    ],
}


def test_order_is_read() -> None:
    order = parse_order("https://ca.test/order/1", ORDER)
    assert (order.status, order.settled) == (OrderStatus.PENDING, False)
    assert order.hostnames == ("shop.customer.test",)
    assert order.expires_at == datetime(2026, 11, 29, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": None},
        {"status": "perhaps"},
        {"finalize": 5},
        {"identifiers": "shop"},
        {"identifiers": [{"type": "dns"}]},
        {"authorizations": [1]},
        {"expires": "tomorrow"},
        {"expires": "2026-11-29T12:00:00"},
    ],
)
def test_malformed_order_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(AcmeMalformed):
        parse_order("https://ca.test/order/1", {**ORDER, **wrong})


def test_order_without_url_is_malformed() -> None:
    with pytest.raises(AcmeMalformed, match="no URL"):
        parse_order(None, ORDER)


def test_authorization_tells_why_it_failed() -> None:
    authorization = parse_authorization("https://ca.test/authorization/1", AUTHORIZATION)
    assert authorization.status is AuthorizationStatus.INVALID
    assert authorization.problem and authorization.problem.detail == "no route"


def test_challenge_is_chosen_by_preference() -> None:
    authorization = parse_authorization("https://ca.test/authorization/1", AUTHORIZATION)
    chosen = authorization.challenge(["dns-01", "tls-alpn-01", "http-01"])
    assert chosen and chosen.url == "https://ca.test/2"
    assert authorization.challenge(["dns-01"]) is None


@pytest.mark.parametrize("token", ["../../etc", "a/b", "a b", "a" * 300, "a\n"])
def test_token_that_is_no_base64url_is_malformed(token: str) -> None:
    challenge = {"type": "http-01", "url": "https://ca.test/1", "token": token}
    with pytest.raises(AcmeMalformed, match="token"):
        parse_authorization("https://ca.test/a", {**AUTHORIZATION, "challenges": [challenge]})


def test_request_names_one_host_and_what_was_asked_for() -> None:
    host = Hostname("shop.customer.test")
    identifiers = [{"type": "dns", "value": "shop.customer.test"}]
    assert order_request(host, None, None) == {"identifiers": identifiers}
    assert order_request(host, "a.b", "shortlived") == {
        "identifiers": identifiers,
        "replaces": "a.b",
        "profile": "shortlived",
    }
