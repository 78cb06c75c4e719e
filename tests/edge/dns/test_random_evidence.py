"""Over random evidence: always an answer, never blame where a question failed, none for a right set-up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edge.dns.diagnosis import diagnose
from edge.dns.examination import Examined
from edge.dns.sights import sights, summary
from store.diagnosis import Actor, Asked, Authority, Expectation, History, Routing, from_json, to_json
from store.dns_answers import Answer, Outcome, Probe, Record, Survey, View, from_fields, to_fields
from store.hostname import Hostname
from store.watches import Seen

SHOP, APEX = Hostname("shop.customer.example"), Hostname("customer.example")
TARGET = "edge.platform.example"
OURS = frozenset(("192.0.2.1", "2001:db8::1"))
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LOST = (Outcome.TIMEOUT, Outcome.UNREACHABLE, Outcome.NOT_ASKED, Outcome.MALFORMED)
VIEWS = (View.ZONE, View.PUBLIC, View.OURS)
KINDS = ("A", "AAAA", "CNAME", "TXT", "MX", "ANY", "CAA", "NS", "PTR")

names = st.sampled_from(
    [SHOP, APEX, TARGET, "www.customer.example", f"{SHOP}.customer.example", "a.fastly.net"]
)
addresses = st.sampled_from([*OURS, "203.0.113.9", "104.16.1.1", "2606:4700::1", "23.227.38.65"])
caa = st.sampled_from(
    ['0 issue "our-ca.example"', '0 issue ";"', '128 odd "x"', "nonsense", '0 issue ";;=;="']
)
records = st.one_of(
    st.builds(Record, names, st.just("CNAME"), names, st.integers(0, 9999)),
    st.builds(Record, names, st.sampled_from(["A", "AAAA"]), addresses, st.integers(0, 9999)),
    st.builds(Record, names, st.just("CAA"), caa, st.integers(0, 9999)),
    st.builds(Record, names, st.sampled_from(["TXT", "MX", "PTR"]), names, st.integers(0, 9999)),
)
answers = st.builds(
    Answer,
    view=st.sampled_from(View),
    server=st.sampled_from(["192.0.2.53", "192.0.2.54", "9.9.9.9"]),
    name=names,
    kind=st.sampled_from(KINDS),
    outcome=st.sampled_from(Outcome),
    at=st.just(AT),
    records=st.lists(records, max_size=3).map(tuple),
    negative_ttl=st.none() | st.integers(0, 9999),
    authenticated=st.booleans(),
    unchecked=st.booleans(),
)
probes = st.builds(
    Probe,
    address=addresses,
    path=st.just("/x"),
    status=st.sampled_from([None, 200, 301, 308]),
    location=st.sampled_from(["", f"https://{SHOP}/x", "https://[", "/x", "http://other.example/"]),
)
surveys = st.builds(
    Survey,
    at=st.just(AT),
    zone=st.sampled_from(["", "customer.example", "example"]),
    nameservers=st.sampled_from([(), ("ada.ns.cloudflare.com",), ("ns1.customer.example",)]),
    answers=st.lists(answers, max_size=12).map(tuple),
    doubled=st.sampled_from(["", f"{SHOP}.customer.example"]),
    sibling=st.sampled_from(["", "www.customer.example"]),
    child=st.sampled_from(["", TARGET]),
    probes=st.lists(probes, max_size=2).map(tuple),
)
instants = st.none() | st.sampled_from([AT - timedelta(days=9), AT + timedelta(hours=1)])
histories = st.builds(History, st.just(False), st.booleans(), instants, instants, instants, instants)
expectations = st.builds(
    Expectation,
    cname_target=st.sampled_from([TARGET, None]),
    addresses=st.sampled_from([OURS, frozenset()]),
    apex=st.booleans(),
    authority=st.sampled_from([None, Authority(("our-ca.example",), "https://ca/7", ("http-01",))]),
    history=histories,
    support=st.just("help@platform.example"),
)
hostnames = st.sampled_from([SHOP, APEX])


@given(surveys, hostnames, expectations)
def test_there_is_always_one_whole_answer(survey: Survey, name: Hostname, expectation: Expectation) -> None:
    found = diagnose(summary(survey, name, expectation.cname_target), expectation)
    assert all((found.code, found.seen, found.expected, found.action, found.next_check_at))
    assert "None" not in found.seen + found.action
    assert from_json(to_json(found)) == found
    assert from_fields(to_fields(survey)) == survey
    assert (found.support != "") == (found.actor is Actor.US)
    assert found.next_check_at is None or found.next_check_at >= AT


@given(surveys, hostnames, expectations, st.data())
def test_lost_questions_blame_nobody(
    survey: Survey, name: Hostname, expectation: Expectation, data: st.DataObject
) -> None:
    lost = tuple(
        replace(answer, outcome=data.draw(st.sampled_from(LOST)), records=()) for answer in survey.answers
    )
    failed = replace(survey, answers=lost, probes=())
    found = diagnose(summary(failed, name, expectation.cname_target), expectation)
    assert (found.code, found.routing, found.actor) == ("could_not_ask", Routing.PENDING, Actor.NOBODY)
    assert not found.certain


def right(view: View, server: str, kind: str) -> Answer:
    return Answer(view, server, SHOP, kind, Outcome.RECORDS, AT, (Record(SHOP, "CNAME", TARGET, 300),))


@st.composite
def right_set_ups(draw: st.DrawFn) -> Survey:
    """Everybody who answers says what we asked for; any other question was lost or declined on the way."""
    held = []
    for view in VIEWS:
        for server in ("192.0.2.53", "192.0.2.54"):
            whole = view is View.ZONE and server == "192.0.2.53"
            for kind in ("A", "AAAA", "CNAME", "TXT", "CAA"):
                answer = right(view, server, kind)
                lost = not whole and draw(st.booleans())
                held.append(
                    replace(answer, outcome=draw(st.sampled_from(LOST)), records=()) if lost else answer
                )
    order = draw(st.permutations(held))
    return Survey(AT, "customer.example", ("ns1.customer.example",), tuple(order))


@given(right_set_ups(), histories)
def test_right_set_up_gets_no_blame_whatever_else_was_lost(survey: Survey, history: History) -> None:
    authority = Authority(("our-ca.example",))
    given_history = replace(history, rate_limited_until=None)
    expectation = Expectation(TARGET, OURS, False, authority, given_history)
    found = diagnose(summary(survey, SHOP, TARGET), expectation)
    assert (found.code, found.routing, found.actor) == ("ok", Routing.OK, Actor.NOBODY)


@given(surveys, expectations)
def test_your_dns_host_is_named_only_where_a_server_of_the_zone_said_something(
    survey: Survey, expectation: Expectation
) -> None:
    found = diagnose(summary(survey, SHOP, expectation.cname_target), expectation)
    if found.actor is Actor.DNS_HOST:
        assert any(a.outcome.declined or a.outcome.answered for a in survey.answers)


@given(surveys, expectations)
def test_what_leads_here_reaches_our_target_or_our_addresses(
    survey: Survey, expectation: Expectation
) -> None:
    evidence = summary(survey, SHOP, expectation.cname_target)
    if diagnose(evidence, expectation).routing is Routing.OK:
        by_target = expectation.cname_target in evidence.chain
        assert by_target or (evidence.addresses and set(evidence.addresses) <= expectation.addresses)


@given(surveys, hostnames, expectations)
def test_name_is_away_only_where_its_zone_and_a_resolver_agree(
    survey: Survey, name: Hostname, expectation: Expectation
) -> None:
    found = Examined(summary(survey, name, expectation.cname_target), expectation, AT)
    if found.seen is not Seen.AWAY:
        return
    seen = sights(survey, name, expectation.cname_target)
    heard = {sight.view for sight in seen if sight.asked is not Asked.FAILED}
    assert View.ZONE in heard and len(heard) > 1
    assert not any(expectation.cname_target in s.chain for s in seen if s.asked is not Asked.FAILED)


@given(surveys, hostnames, expectations, st.sampled_from([View.ZONE, None]))
def test_lost_questions_send_no_name_away(
    survey: Survey, name: Hostname, expectation: Expectation, heard: View | None
) -> None:
    """Neither the zone alone nor nobody at all."""
    answers = tuple(
        answer if answer.view is heard else replace(answer, outcome=Outcome.TIMEOUT, records=())
        for answer in survey.answers
    )
    lost = replace(survey, answers=answers, probes=())
    found = Examined(summary(lost, name, expectation.cname_target), expectation, AT)
    assert found.seen is not Seen.AWAY
