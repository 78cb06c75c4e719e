from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from admin.wizard.steps import PATIENCE, Facts, Phase, Position, Step, position
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.domains import Domain
from store.hostname import Hostname
from store.issuance import CertificateState, Standing

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ASKED = NOW - timedelta(seconds=10)
BEFORE = ASKED - timedelta(seconds=30)
AFTER = ASKED + timedelta(seconds=1)
HOST = Hostname("billing.mycompany.com")


def found(code: str, routing: Routing) -> Diagnosis:
    return Diagnosis(code, routing, "seen", "expected", "action", Actor.YOU)


OK = found("ok", Routing.OK)
NO_RECORD = found("no_record", Routing.PENDING)
WRONG = found("cname_elsewhere", Routing.WRONG)
PROXIED = found("proxied", Routing.PROXIED)
UNASKED = found("could_not_ask", Routing.PENDING)
NOT_SERVED = found("not_served", Routing.OK)
CAA = found("caa_forbids", Routing.OK)


def domain(
    diagnosis: Diagnosis | None = None,
    checked_at: datetime | None = AFTER,
    live_at: datetime | None = None,
    routing: Routing | None = None,
) -> Domain:
    return Domain(
        Destination(
            HOST, Room.PORTAL, 1, False, (), Confirmation.CNAME, Hostname("customers.provider.example")
        ),
        routing or (diagnosis.routing if diagnosis else Routing.PENDING),
        diagnosis,
        checked_at if diagnosis else None,
        live_at,
        BEFORE,
    )


def at(
    registered: Domain | None,
    state: CertificateState = CertificateState.NONE,
    asked_at: datetime | None = None,
    now: datetime = NOW,
    enabled: bool = True,
) -> Position:
    return position(Facts(enabled, registered, Standing(state), asked_at), now)


@pytest.mark.parametrize(
    ("registered", "state", "asked_at", "expected"),
    [
        (None, CertificateState.NONE, None, (Step.CHOOSE, Phase.YOURS)),
        (domain(), CertificateState.NONE, None, (Step.RECORD, Phase.YOURS)),
        (domain(NO_RECORD), CertificateState.NONE, None, (Step.RECORD, Phase.STOPPED)),
        (domain(WRONG), CertificateState.NONE, None, (Step.RECORD, Phase.STOPPED)),
        (domain(PROXIED), CertificateState.NONE, None, (Step.RECORD, Phase.STOPPED)),
        (domain(UNASKED), CertificateState.NONE, None, (Step.RECORD, Phase.STOPPED)),
        (domain(UNASKED, routing=Routing.OK), CertificateState.NONE, None, (Step.COMPLETE, Phase.STOPPED)),
        (domain(CAA), CertificateState.NONE, None, (Step.COMPLETE, Phase.STOPPED)),
        (domain(CAA), CertificateState.FAILED, None, (Step.COMPLETE, Phase.STOPPED)),
        (domain(OK), CertificateState.NONE, None, (Step.COMPLETE, Phase.OURS)),
        (domain(OK), CertificateState.ORDERED, None, (Step.COMPLETE, Phase.OURS)),
        (domain(OK), CertificateState.FAILED, None, (Step.COMPLETE, Phase.STOPPED)),
        (domain(OK), CertificateState.ISSUED, None, (Step.COMPLETE, Phase.OURS)),
        (domain(OK), CertificateState.RENEWING, None, (Step.COMPLETE, Phase.OURS)),
        (domain(OK, NOW - PATIENCE * 2), CertificateState.ISSUED, None, (Step.COMPLETE, Phase.STOPPED)),
        (domain(NOT_SERVED), CertificateState.ISSUED, None, (Step.COMPLETE, Phase.STOPPED)),
        (domain(), CertificateState.NONE, ASKED, (Step.COMPLETE, Phase.OURS)),
        (domain(NO_RECORD, BEFORE), CertificateState.NONE, ASKED, (Step.COMPLETE, Phase.OURS)),
        (domain(NO_RECORD, AFTER), CertificateState.NONE, ASKED, (Step.RECORD, Phase.STOPPED)),
        (domain(UNASKED, AFTER), CertificateState.NONE, ASKED, (Step.RECORD, Phase.STOPPED)),
        (domain(OK, AFTER), CertificateState.ORDERED, ASKED, (Step.COMPLETE, Phase.OURS)),
        (domain(OK, AFTER), CertificateState.FAILED, ASKED, (Step.COMPLETE, Phase.STOPPED)),
        (domain(NOT_SERVED, BEFORE), CertificateState.ISSUED, ASKED, (Step.COMPLETE, Phase.OURS)),
        (domain(NOT_SERVED, AFTER), CertificateState.ISSUED, ASKED, (Step.COMPLETE, Phase.STOPPED)),
        (domain(OK, live_at=NOW), CertificateState.ISSUED, ASKED, (Step.LIVE, Phase.DONE)),
        (domain(WRONG, live_at=BEFORE), CertificateState.ISSUED, None, (Step.LIVE, Phase.STOPPED)),
    ],
)
def test_step_follows_from_facts(
    registered: Domain | None,
    state: CertificateState,
    asked_at: datetime | None,
    expected: tuple[Step, Phase],
) -> None:
    reached = at(registered, state, asked_at)
    assert (reached.step, reached.phase) == expected


def test_switch_comes_first_whatever_the_domain() -> None:
    assert at(domain(OK), enabled=False).step is Step.ENABLE
    assert "billing.mycompany.com, is kept" in at(domain(OK, live_at=NOW), enabled=False).sentence
    assert at(None, enabled=False).sentence == "Your customer portal is switched off."


def test_old_failure_is_not_shown_in_the_first_seconds() -> None:
    looked = domain(OK, ASKED)
    reached = at(looked, CertificateState.FAILED, ASKED, ASKED + timedelta(seconds=1))
    assert reached.phase is Phase.OURS


def test_failure_that_waits_for_its_time_is_shown_at_once() -> None:
    waiting = Standing(CertificateState.FAILED, retry_at=NOW + timedelta(minutes=5))
    assert position(Facts(True, domain(OK, NOW), waiting), NOW).phase is Phase.STOPPED


def test_sentence_says_that_the_certificate_is_being_issued() -> None:
    assert at(domain(OK), CertificateState.ORDERED, ASKED).sentence == (
        "We see your record. Your certificate is being issued; this takes about ten seconds."
    )


def test_page_owns_up_when_it_takes_long() -> None:
    reached = at(domain(OK), CertificateState.ORDERED, ASKED, ASKED + timedelta(seconds=50))
    assert reached.slow
    assert "longer than usual" in reached.sentence


def test_look_that_wrote_nothing_new_is_taken_as_over_after_a_while() -> None:
    reached = at(domain(NO_RECORD, BEFORE), asked_at=ASKED, now=ASKED + timedelta(seconds=21))
    assert (reached.step, reached.phase) == (Step.RECORD, Phase.STOPPED)


def test_job_that_died_is_offered_again_when_patience_ends() -> None:
    reached = at(domain(OK), CertificateState.ORDERED, ASKED, AFTER + timedelta(minutes=3, seconds=1))
    assert (reached.step, reached.phase) == (Step.COMPLETE, Phase.STOPPED)
    assert "check again to go on" in reached.sentence


@pytest.mark.parametrize(
    ("diagnosis", "words"),
    [
        (NO_RECORD, "do not see your record yet"),
        (WRONG, "does not lead here"),
        (PROXIED, "a proxy stands in front"),
        (UNASKED, "says nothing about your record"),
        (NOT_SERVED, "could not open your portal"),
        (CAA, "another one keeps us"),
    ],
)
def test_each_hindrance_has_its_sentence(diagnosis: Diagnosis, words: str) -> None:
    assert words in at(domain(diagnosis)).sentence


def label(found: Diagnosis | None = None, live_at: datetime | None = None) -> Domain:
    """The name under the provider's domain, looked at after the opening was asked for."""
    one = domain(found, live_at=live_at)
    return replace(
        one, destination=replace(one.destination, confirmation=Confirmation.ADDRESS, cname_target=None)
    )


@pytest.mark.parametrize(
    ("registered", "asked_at", "expected", "sentence"),
    [
        (label(), None, (Step.COMPLETE, Phase.STOPPED), "We have not opened it there yet"),
        (label(), ASKED, (Step.COMPLETE, Phase.OURS), "We are opening it"),
        (label(), NOW - PATIENCE * 2, (Step.COMPLETE, Phase.STOPPED), "We have not opened it there yet"),
        (label(WRONG), ASKED, (Step.COMPLETE, Phase.STOPPED), "does not open there yet"),
        (label(NOT_SERVED), ASKED, (Step.COMPLETE, Phase.STOPPED), "does not open there yet"),
        (label(OK, live_at=BEFORE), None, (Step.LIVE, Phase.DONE), "Your portal is live at"),
    ],
)
def test_name_under_the_provider_asks_for_no_record(
    registered: Domain, asked_at: datetime | None, expected: tuple[Step, Phase], sentence: str
) -> None:
    found = at(registered, asked_at=asked_at)
    assert (found.step, found.phase) == expected and sentence in found.sentence
    assert at(registered, enabled=False).step is Step.ENABLE
