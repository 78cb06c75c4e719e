from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.tls.gate import LADDER, Allowed, Denied, decide, fingerprint, retry_at
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Asked, Diagnosis, Evidence, Routing
from store.hostname import Hostname
from store.issuance import CertificateState, Standing
from store.watches import Place, Watch

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
SHOP = Hostname("shop.customer.example")
MINUTE = timedelta(minutes=1)


def destination(*, suspended: bool = False) -> Destination:
    return Destination(SHOP, Room.PORTAL, 1, suspended, (), Confirmation.CNAME, None)


def diagnosis(routing: Routing = Routing.OK, code: str = "ok") -> Diagnosis:
    return Diagnosis(code, routing, "what was seen", "", "", Actor.NOBODY)


def failed(until: datetime | None = SOON) -> Standing:
    return Standing(CertificateState.FAILED, 1, "ca:dns", "the CA's words", "same", until)


@pytest.mark.parametrize(
    ("where", "standing", "found", "print_", "verdict"),
    [
        (destination(), Standing(), diagnosis(), "same", Allowed()),
        (None, Standing(), diagnosis(), "same", Denied("unregistered")),
        (destination(suspended=True), Standing(), diagnosis(), "same", Denied("suspended")),
        (
            replace(destination(), ordered=False),
            Standing(),
            diagnosis(),
            "same",
            Denied("not_ordered", "only certificates that are uploaded are served for this name"),
        ),
        (
            destination(),
            Standing(),
            diagnosis(Routing.WRONG, "cname_elsewhere"),
            "same",
            Denied("dns:cname_elsewhere", "what was seen"),
        ),
        (
            destination(),
            Standing(),
            diagnosis(Routing.PENDING, "could_not_ask"),
            "same",
            Denied("dns:could_not_ask", "what was seen"),
        ),
        (destination(), failed(), diagnosis(), "same", Denied("ca:dns", "the CA's words", SOON)),
        (destination(), failed(), diagnosis(), "changed", Allowed()),
        (destination(), failed(NOW), diagnosis(), "same", Allowed()),
        (destination(), failed(None), diagnosis(), "same", Allowed()),
        (
            destination(),
            failed(),
            diagnosis(Routing.PROXIED, "proxied"),
            "changed",
            Denied("dns:proxied", "what was seen"),
        ),
    ],
)
def test_verdict(
    where: Destination | None,
    standing: Standing,
    found: Diagnosis,
    print_: str,
    verdict: Allowed | Denied,
) -> None:
    assert decide(where, standing, found, print_, NOW) == verdict


WELL = Watch(SHOP, SOON)


@pytest.mark.parametrize(
    ("watch", "first", "renewal"),
    [
        (None, "", ""),
        (WELL, "", ""),
        (replace(WELL, place=Place.MOVED), "moved", "moved"),
        (replace(WELL, place=Place.TROUBLED), "", ""),
        (replace(WELL, suspected=Place.TROUBLED), "", ""),
        (replace(WELL, suspected=Place.MOVED), "", "unsettled"),
        (replace(WELL, steady_from=SOON), "", "unsettled"),
        (replace(WELL, steady_from=NOW), "", ""),
    ],
)
def test_nothing_is_ordered_for_what_has_moved_and_nothing_renewed_in_doubt(
    watch: Watch | None, first: str, renewal: str
) -> None:
    for why, is_renewal in ((first, False), (renewal, True)):
        found = decide(destination(), Standing(), diagnosis(), "same", NOW, watch, renewal=is_renewal)
        if why:
            assert isinstance(found, Denied) and (found.why, found.retry_at) == (why, SOON)
        else:
            assert found == Allowed()


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 10), (3, 100), (4, 1440), (40, 1440)])
def test_waits_grow_with_failures_in_a_row(failures: int, minutes: int) -> None:
    assert retry_at(failures, NOW, 0.0) == NOW + minutes * MINUTE


@given(st.integers(1, 10), st.floats(-1, 1))
def test_jitter_is_a_tenth_at_most(failures: int, jitter: float) -> None:
    wait, plain = retry_at(failures, NOW, jitter) - NOW, retry_at(failures, NOW, 0.0) - NOW
    assert plain * 0.899 <= wait <= plain * 1.101


@pytest.mark.parametrize(
    ("asks", "wait"), [(timedelta(hours=3), timedelta(hours=3)), (timedelta(seconds=5), LADDER[0])]
)
def test_a_longer_wait_that_the_ca_asks_for_is_kept(asks: timedelta, wait: timedelta) -> None:
    assert retry_at(1, NOW, 0.0, asks) == NOW + wait


def test_fingerprint_is_that_of_what_was_said() -> None:
    one = Evidence(SHOP, Asked.ANSWERED, ("a.example",), ("192.0.2.1", "192.0.2.2"), ttl=5)
    turned = Evidence(SHOP, Asked.ANSWERED, ("a.example",), ("192.0.2.2", "192.0.2.1"), ttl=9)
    assert fingerprint(one) == fingerprint(turned)


@pytest.mark.parametrize(
    "other",
    [
        Evidence(SHOP, Asked.NXDOMAIN),
        Evidence(SHOP, Asked.ANSWERED, ("b.example",), ("192.0.2.1",)),
        Evidence(SHOP, Asked.ANSWERED, ("a.example",), ("192.0.2.3",)),
        Evidence(SHOP, Asked.ANSWERED, ("a.example", "192.0.2.1")),
        Evidence(SHOP, Asked.ANSWERED, (), ("192.0.2.1", "a.example")),
    ],
)
def test_fingerprint_changes_with_the_dns(other: Evidence) -> None:
    one = Evidence(SHOP, Asked.ANSWERED, ("a.example",), ("192.0.2.1",))
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize(
    ("left", "wait"),
    [
        (timedelta(days=30), timedelta(days=1)),
        (timedelta(days=1), timedelta(days=1) / 3),
        (timedelta(minutes=20), timedelta(minutes=10)),
    ],
)
def test_a_renewal_that_fails_is_tried_again_before_its_certificate_ends(
    left: timedelta, wait: timedelta
) -> None:
    assert retry_at(9, NOW, 0.0, ends_at=NOW + left) == NOW + wait


def test_a_ca_that_does_not_answer_is_asked_again_within_hours() -> None:
    assert retry_at(9, NOW, 0.0, reached=False) == NOW + 100 * MINUTE
    assert retry_at(1, NOW, 0.0, reached=False) == NOW + MINUTE


def test_the_wait_that_the_ca_asks_for_stands_whatever_is_left() -> None:
    asks = timedelta(days=2)
    assert retry_at(9, NOW, 0.0, asks, ends_at=NOW + timedelta(hours=1), reached=False) == NOW + asks
