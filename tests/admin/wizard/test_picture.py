"""Routing and certificate as one picture: every pair has its words, and live is said after the proof alone."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from admin.wizard.picture import Mark, picture
from admin.wizard.steps import Facts, Phase, Step
from store.diagnosis import Actor, Diagnosis, Routing
from store.issuance import CertificateState, Standing
from tests.admin.wizard.test_steps import BEFORE, CAA, NOT_SERVED, NOW, OK, UNASKED, WRONG, domain

CODES = (
    "ok",
    "no_record",
    "cname_elsewhere",
    "proxied",
    "could_not_ask",
    "not_served",
    "caa_forbids",
    "moved",
)


def words(found: Diagnosis | None, state: CertificateState, **more: object) -> list[str]:
    one = domain(found, **more)  # type: ignore[arg-type]
    return [part.word for part in picture(Facts(True, one, Standing(state)), one, NOW).parts]


def test_record_comes_before_all_else() -> None:
    assert words(None, CertificateState.NONE) == ["Not looked yet", "Follows by itself", "Not open yet"]
    assert words(WRONG, CertificateState.NONE) == ["Leads elsewhere", "Follows by itself", "Not open yet"]


def test_certificate_and_portal_follow_a_right_record() -> None:
    assert words(OK, CertificateState.NONE) == ["Leads here", "Being issued", "Not open yet"]
    assert words(OK, CertificateState.ISSUED) == ["Leads here", "Issued", "Being opened"]
    assert words(OK, CertificateState.FAILED) == ["Leads here", "Not issued yet", "Not open yet"]
    assert words(OK, CertificateState.ISSUED, live_at=NOW) == ["Leads here", "Issued", "Live"]


def test_what_stops_is_marked_where_it_stops() -> None:
    assert words(CAA, CertificateState.NONE) == ["Leads here", "Not permitted", "Not open yet"]
    assert words(NOT_SERVED, CertificateState.ISSUED) == ["Leads here", "Issued", "Not reached"]
    assert words(WRONG, CertificateState.RENEWING, live_at=BEFORE) == [
        "Leads elsewhere",
        "Being renewed",
        "Was live",
    ]


def test_failed_question_blames_nobody() -> None:
    one = domain(UNASKED, routing=Routing.OK)
    seen = picture(Facts(True, one, Standing()), one, NOW)
    assert seen.parts[0].mark is Mark.UNSURE
    assert not any(part.mark is Mark.STOPPED for part in seen.parts)


@given(
    code=st.none() | st.sampled_from(CODES),
    found_routing=st.sampled_from(Routing),
    kept_routing=st.sampled_from(Routing),
    state=st.sampled_from(CertificateState),
    live=st.booleans(),
    asked=st.none() | st.timedeltas(timedelta(), timedelta(hours=1)),
    looked=st.timedeltas(timedelta(), timedelta(hours=1)),
)
def test_every_pair_of_states_has_a_picture_and_live_needs_the_proof(
    code: str | None,
    found_routing: Routing,
    kept_routing: Routing,
    state: CertificateState,
    live: bool,
    asked: timedelta | None,
    looked: timedelta,
) -> None:
    found = Diagnosis(code, found_routing, "seen", "expected", "action", Actor.YOU) if code else None
    one = replace(domain(found, NOW - looked, BEFORE if live else None), routing=kept_routing)
    facts = Facts(True, one, Standing(state), NOW - asked if asked is not None else None)
    seen = picture(facts, one, NOW)
    assert [part.name for part in seen.parts] == ["Record", "Certificate", "Portal"]
    assert all(part.word for part in seen.parts) and seen.position.sentence
    shows_live = seen.parts[2].word == "Live"
    assert shows_live is (live and kept_routing is Routing.OK)
    assert (seen.position.step is Step.LIVE) is live
    if seen.position.phase is Phase.DONE:
        assert shows_live
    if code == "caa_forbids" and state is CertificateState.NONE and not live:
        assert seen.parts[1].mark is Mark.STOPPED
    if live:
        assert seen.parts[1].mark is Mark.DONE or state is CertificateState.ORDERED


def test_token_changes_with_what_is_shown_and_not_with_the_time() -> None:
    one = domain(WRONG)
    facts = Facts(True, one, Standing())
    token = picture(facts, one, NOW).token
    later = replace(one, checked_at=NOW)
    assert picture(replace(facts, domain=later), later, NOW + timedelta(seconds=5)).token == token
    mended = replace(domain(OK), checked_at=NOW)
    assert picture(replace(facts, domain=mended), mended, NOW).token != token
