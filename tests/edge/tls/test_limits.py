"""What a CA lets us have, who may take the last of it, and what its refusals are about."""

from datetime import UTC, datetime, timedelta

import pytest

from edge.tls import limits
from edge.tls.limits import LETS_ENCRYPT, NONE, Limits
from store.hostname import Hostname
from store.ledger import Limit, Scope

SHOP = Hostname("billing.shop.co.uk")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def spent(known: Limits, reason: str, organisation_id: int | None = 7) -> dict[Scope, tuple[str, int, int]]:
    found = limits.charges(known, SHOP, organisation_id, reason)
    return {charge.limit.scope: (charge.subject, charge.cost, charge.reserve) for charge in found}


def test_lets_encrypts_limits_grow_back_as_documented() -> None:
    assert LETS_ENCRYPT.orders == Limit(Scope.ORDERS, 300, timedelta(seconds=36))
    domain, names, failed = (
        LETS_ENCRYPT.registered_domain,
        LETS_ENCRYPT.same_names,
        LETS_ENCRYPT.failed_authorizations,
    )
    assert domain and round(domain.interval / timedelta(minutes=1)) == 202
    assert names and round(names.interval / timedelta(hours=1)) == 34
    assert failed and failed.interval == timedelta(minutes=12)


def test_an_order_is_charged_to_the_account_the_domain_the_name_and_the_organisation() -> None:
    assert spent(LETS_ENCRYPT, "handshake") == {
        Scope.ORDERS: ("", 1, 30),
        Scope.REGISTERED_DOMAIN: ("shop.co.uk", 1, 5),
        Scope.SAME_NAMES: (SHOP, 1, 0),
        Scope.FAILED_AUTHORIZATIONS: (SHOP, 0, 0),
        Scope.CONSECUTIVE_FAILURES: (SHOP, 0, 0),
        Scope.ORGANISATION: ("7", 1, 0),
    }


@pytest.mark.parametrize(
    ("reason", "left"), [("renewal", 0), ("handshake", 30), ("wizard", 75), ("bulk", 150)]
)
def test_who_is_less_urgent_leaves_more_of_the_account_to_others(reason: str, left: int) -> None:
    assert spent(LETS_ENCRYPT, reason)[Scope.ORDERS][2] == left


def test_a_renewal_is_never_held_up_by_the_share_of_its_organisation() -> None:
    assert Scope.ORGANISATION not in spent(LETS_ENCRYPT, "renewal")
    assert Scope.ORGANISATION not in spent(LETS_ENCRYPT, "handshake", None)


def test_no_limits_cost_nothing() -> None:
    assert spent(NONE, "handshake") == {}


def test_settings_put_other_limits_in_place_of_lets_encrypts() -> None:
    assert limits.of_words(()) == LETS_ENCRYPT
    assert limits.of_words(("none",)) == NONE
    changed = limits.of_words(("orders=1500/3h", "registered_domain=30000/7d"))
    assert changed.orders == Limit(Scope.ORDERS, 1500, timedelta(seconds=7.2))
    assert changed.same_names == LETS_ENCRYPT.same_names
    alone = limits.of_words(("none", "orders=10/1m"))
    assert alone == Limits(orders=Limit(Scope.ORDERS, 10, timedelta(seconds=6)))


@pytest.mark.parametrize(
    ("words", "scope", "subject"),
    [
        (
            'too many certificates (50) already issued for "shop.co.uk" in the last 168h0m0s',
            Scope.REGISTERED_DOMAIN,
            "shop.co.uk",
        ),
        (
            "too many certificates (5) already issued for this exact set of identifiers in the last 168h",
            Scope.SAME_NAMES,
            SHOP,
        ),
        (
            'too many failed authorizations (5) for "billing.shop.co.uk" in the last 1h0m0s',
            Scope.FAILED_AUTHORIZATIONS,
            SHOP,
        ),
        ("too many new orders (300) from this account in the last 3h0m0s", Scope.ORDERS, ""),
        ("Your account is temporarily prevented: this name is paused", Scope.CONSECUTIVE_FAILURES, SHOP),
        ("slow down", Scope.SAME_NAMES, SHOP),
    ],
)
def test_a_refusal_holds_what_it_is_about_and_nothing_else(words: str, scope: Scope, subject: str) -> None:
    assert limits.held_scope(words) is scope
    assert limits.subject_of(scope, SHOP) == subject


@pytest.mark.parametrize(
    ("words", "header", "until"),
    [
        (
            "retry after 2026-11-22 15:04:05 UTC: see the docs",
            None,
            NOW + timedelta(hours=3, minutes=4, seconds=5),
        ),
        ("retry after 2026-11-22T15:04:05Z", timedelta(hours=9), NOW + timedelta(hours=9)),
        ("slow down", timedelta(minutes=2), NOW + timedelta(minutes=2)),
        ("slow down", None, NOW + timedelta(hours=1)),
        ("retry after 2036-11-22 15:04:05", None, NOW + timedelta(days=7)),
        ("retry after 2026-11-20 15:04:05", None, NOW),
        ("retry after 2026-99-99 15:04:05", None, NOW + timedelta(hours=1)),
    ],
)
def test_the_time_that_the_ca_names_is_kept(words: str, header: timedelta | None, until: datetime) -> None:
    assert limits.held_until(words, header, NOW) == until
