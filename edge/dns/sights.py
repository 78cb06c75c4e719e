"""Sights: what each server of a survey made of a name, and the one reading that is gone by; pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.diagnosis import Asked, Evidence
from store.dns_answers import Answer, Outcome, Record, Survey, View
from store.hostname import Hostname

MAX_CHAIN = 8
_ADDRESSES = ("A", "AAAA")


@dataclass(frozen=True, slots=True)
class Sight:
    """Where a name leads by one server's word; what it does not hold itself, its zone's other servers said."""

    view: View
    server: str
    asked: Asked
    chain: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    ttl: int | None = None
    at: datetime | None = None
    failure: str = ""

    @property
    def said(self) -> tuple[object, ...]:
        """What two servers must have in common to agree."""
        return self.asked, self.chain, tuple(sorted(self.addresses))


def sights(survey: Survey, hostname: Hostname, target: str | None) -> tuple[Sight, ...]:
    """One for each server that was asked about the name itself, the zone's own first."""
    found = []
    for view in (View.ZONE, View.PUBLIC, View.OURS):
        usable = [a for a in survey.answers if a.view is view and not a.unchecked]
        asked = [a for a in usable if a.name == hostname and a.kind in _ADDRESSES]
        further = [a for a in usable if a.name != hostname] if view is View.ZONE else []
        for server in dict.fromkeys(answer.server for answer in asked):
            own = [answer for answer in asked if answer.server == server]
            found.append(_sight(own, further, hostname, target))
    return tuple(found)


def summary(survey: Survey, hostname: Hostname, target: str | None) -> Evidence:
    """The zone's own word, as most of its servers give it; else a resolver's that reaches us, else any."""
    every = sights(survey, hostname, target)
    heard = [sight for sight in every if sight.asked is not Asked.FAILED]
    own = [sight for sight in heard if sight.view is View.ZONE]
    if own:
        counted = Counter(sight.said for sight in own)
        chosen = max(own, key=lambda sight: counted[sight.said])
    elif heard:
        chosen = next((sight for sight in heard if target and target in sight.chain), heard[0])
    else:
        chain = max((sight.chain for sight in every), key=len, default=())
        return Evidence(hostname, Asked.FAILED, chain, failure=_failures(every), survey=survey)
    return Evidence(hostname, chosen.asked, chosen.chain, chosen.addresses, chosen.ttl, survey=survey)


def _sight(own: Sequence[Answer], further: Sequence[Answer], hostname: str, target: str | None) -> Sight:
    recursive = own[0].view is not View.ZONE
    chain: list[str] = []
    used: list[Record] = []
    pool, name = list(own), str(hostname)
    records = _standing(pool, name, recursive=recursive)
    while len(chain) <= MAX_CHAIN and (aliases := [r for r in records if r.kind == "CNAME"]):
        used.append(aliases[0])
        name = aliases[0].value
        looped = name in chain or name == hostname
        chain.append(name)
        if looped or name == target:
            return _made(own[0], Asked.ANSWERED, chain, used, ())
        pool = list(own) if recursive else [answer for answer in further if answer.name == name]
        records = _standing(pool, name, recursive=recursive)
    if len(chain) > MAX_CHAIN:
        return _made(own[0], Asked.ANSWERED, chain, used, ())
    used += [record for record in records if record.kind in _ADDRESSES]
    addresses = tuple(dict.fromkeys(record.value for record in records if record.kind in _ADDRESSES))
    for kind in _ADDRESSES:
        if not any(answer.kind == kind and answer.outcome.answered for answer in pool):
            return _made(own[0], Asked.FAILED, chain, used, addresses, _failure(kind, name, pool))
    gone = not chain and all(a.outcome is Outcome.NXDOMAIN for a in pool if a.outcome.answered)
    made = _made(own[0], Asked.NXDOMAIN if gone else Asked.ANSWERED, chain, used, addresses)
    return made if made.ttl is not None else _denied(made, pool)


def _standing(pool: Sequence[Answer], name: str, *, recursive: bool) -> list[Record]:
    """Records at a name; of a server of the zone, only what it was asked for."""
    return [
        record
        for answer in pool
        if recursive or answer.name == name
        for record in answer.records
        if record.name == name
    ]


def _made(
    answer: Answer,
    asked: Asked,
    chain: Sequence[str],
    used: Sequence[Record],
    addresses: tuple[str, ...],
    failure: str = "",
) -> Sight:
    ttl = min((record.ttl for record in used), default=None)
    return Sight(answer.view, answer.server, asked, tuple(chain), addresses, ttl, answer.at, failure)


def _denied(sight: Sight, pool: Sequence[Answer]) -> Sight:
    ttl = min((a.negative_ttl for a in pool if a.negative_ttl is not None), default=None)
    return Sight(sight.view, sight.server, sight.asked, sight.chain, sight.addresses, ttl, sight.at)


def _failure(kind: str, name: str, pool: Sequence[Answer]) -> str:
    failed = next((a for a in pool if a.kind == kind), None)
    if failed is None:
        return f"{kind} {name}: not asked"
    return f"{kind} {name}: {failed.server}: {failed.outcome.value}"


def _failures(every: Sequence[Sight]) -> str:
    said = list(dict.fromkeys(sight.failure for sight in every))
    tried = [words for words in said if not words.endswith(Outcome.NOT_ASKED.value)]
    return "; ".join((tried or said)[:3]) or "no server could be asked"
