"""Who may have a name, over every order of steps: never two, never the thief."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from store import claims, domains, migrate, organisations, ownership, titles
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from store.ownership import QUARANTINE, Held, Proof, Released, Verdict, decide, judge, new_proof
from store.titles import Registered

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NAME, SHARED = Hostname("billing.victim.example"), Hostname("customers.provider.example")
FOUND = Diagnosis("ok", Routing.OK, "", "", "", Actor.NOBODY)
LOST = Diagnosis("cname_elsewhere", Routing.WRONG, "", "", "", Actor.YOU)


@pytest.mark.parametrize(
    ("title", "proved", "verdict"),
    [
        (None, False, Verdict.FREE),
        (Held(1), False, Verdict.YOURS),
        (Held(2), False, Verdict.PROOF_NEEDED),
        (Held(2), True, Verdict.MOVES),
        (Held(None), True, Verdict.NEVER),
        (Released(1, NOW), False, Verdict.FREE),
        (Released(2, NOW), False, Verdict.PROOF_NEEDED),
        (Released(2, NOW), True, Verdict.FREE),
        (Released(2, NOW - QUARANTINE + timedelta(seconds=1)), False, Verdict.PROOF_NEEDED),
        (Released(2, NOW - QUARANTINE), False, Verdict.FREE),
    ],
)
def test_verdict_follows_from_the_title_and_the_proof(
    title: ownership.Title, proved: bool, verdict: Verdict
) -> None:
    assert decide(1, title, proved=proved, now=NOW) is verdict


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (None, Proof.UNASKED),
        ((), Proof.MISSING),
        (("v=spf1 -all",), Proof.MISSING),
        (("v=spf1 -all", "brassplate-claim=aa"), Proof.SEEN),
        (('"brassplate-claim=aa"',), Proof.QUOTED),
        (("brassplate-claim=bb",), Proof.OTHER),
        (("brassplate-claim=aab",), Proof.OTHER),
    ],
)
def test_proof_is_the_whole_value(found: tuple[str, ...] | None, verdict: Proof) -> None:
    assert judge(found, "brassplate-claim=aa") is verdict


@given(st.lists(st.text()))
def test_texts_of_others_are_never_a_proof(found: list[str]) -> None:
    assert judge(tuple(found), new_proof()) is not Proof.SEEN


class Fight(RuleBasedStateMachine):
    """The owner of a name and somebody who wants it, both clients, over the real store.

    The DNS is the owner's alone: it leads nowhere, to the owner's target, or has the TXT value of the owner's claim.
    """

    @initialize()
    def begin(self) -> None:
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.row_factory = sqlite3.Row
        migrate.to_newest(self.db)
        self.now = NOW
        self.owner, self.thief = (organisations.add(self.db, s, s, NOW).id for s in ("owner", "thief"))
        self.points_to: str | None = None
        self.texts: tuple[str, ...] = ()

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()

    @rule(who=st.sampled_from(("owner", "thief")))
    def chooses(self, who: str) -> None:
        self._register(self._id(who), proved=False)

    @rule(who=st.sampled_from(("owner", "thief")))
    def checks_the_proof(self, who: str) -> None:
        claim = claims.find(self.db, self._id(who), NAME, self.now)
        if claim and judge(self.texts, claim.proof) is Proof.SEEN:
            self._register(self._id(who), proved=True)

    @rule(who=st.sampled_from(("owner", "thief")))
    def lets_it_go(self, who: str) -> None:
        domain = domains.by_hostname(self.db, NAME)
        if domain and domain.destination.organisation_id == self._id(who):
            domains.remove(self.db, NAME, self.now)

    @rule()
    def owner_points_it_here(self) -> None:
        self.points_to = titles.own_target(self.db, self.owner, SHARED)

    @rule()
    def owner_points_it_away(self) -> None:
        self.points_to = None

    @rule()
    def owner_adds_the_proof(self) -> None:
        claim = claims.find(self.db, self.owner, NAME, self.now)
        self.texts = (claim.proof,) if claim else ()

    @rule()
    def owner_takes_the_proof_out(self) -> None:
        self.texts = ()

    @rule()
    def we_look_at_the_dns(self) -> None:
        domain = domains.by_hostname(self.db, NAME)
        if domain:
            here = self.points_to is not None and domain.destination.cname_target == self.points_to
            domains.set_diagnosis(self.db, NAME, FOUND if here else LOST, self.now)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        for hostname in titles.unconfirmed(self.db, self.now):
            domains.remove(self.db, hostname, self.now)
        claims.forget_old(self.db, self.now)
        titles.forget_old(self.db, self.now)

    @precondition(lambda self: self.points_to is None)
    @rule()
    def owner_always_gets_it_in_the_end(self) -> None:
        """Whatever the thief did before: claim, proof, record."""
        if self._register(self.owner, proved=False) in (Verdict.YOURS, None):
            return
        claim = claims.find(self.db, self.owner, NAME, self.now)
        assert claim
        self.texts = (claim.proof,)
        self.checks_the_proof("owner")
        domain = domains.by_hostname(self.db, NAME)
        assert domain and domain.destination.organisation_id == self.owner

    @invariant()
    def never_the_thief_and_never_two(self) -> None:
        if not hasattr(self, "db"):
            return
        rows = self.db.execute("SELECT organisation_id, confirmed_at FROM domains").fetchall()
        assert len(rows) <= 1
        assert not [row for row in rows if row["organisation_id"] == self.thief and row["confirmed_at"]]

    def _register(self, who: int, *, proved: bool) -> Verdict | None:
        """None: it is theirs now."""
        target = titles.own_target(self.db, who, SHARED)
        wanted = Destination(NAME, Room.PORTAL, who, False, (), Confirmation.CNAME, target)
        before = domains.by_hostname(self.db, NAME)
        done = titles.register(self.db, who, wanted, self.now, proved=proved)
        if isinstance(done, Registered):
            confirmed = before is not None and before.routing is Routing.OK
            assert not (confirmed and who == self.thief)
            return None
        if done is Verdict.PROOF_NEEDED:
            claims.open_claim(self.db, who, NAME, self.now)
        return done

    def _id(self, who: str) -> int:
        return self.owner if who == "owner" else self.thief


TestFight = Fight.TestCase


def test_own_targets_are_unlike_and_stay(db: sqlite3.Connection) -> None:
    first, second = (organisations.add(db, slug, slug, NOW).id for slug in ("acme", "beacon"))
    ours = titles.own_target(db, first, SHARED)
    assert ours == titles.own_target(db, first, SHARED) != titles.own_target(db, second, SHARED)
    assert len(ours.partition(".")[0]) == 20 and ours.endswith(f".{SHARED}")
