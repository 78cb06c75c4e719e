"""brassplate domain check: ask the DNS now whether a hostname points at us, from all sides, registered or not."""

import argparse
import asyncio
import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from edge.cli import configuration, transaction
from edge.own_names import is_own
from edge.settings import Settings
from store import diagnosis as diagnoses
from store import domains, issuance
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Authority, Diagnosis, Evidence, History, Routing
from store.dns_answers import View, answer_fields
from store.hostname import Hostname, canonical

ASKED_IN_VAIN = 2
_VIEWS = {View.ZONE: "zone", View.PUBLIC: "public", View.OURS: "ours"}


@dataclass(frozen=True, slots=True)
class _Subject:
    """The name that is judged, with what is known of it besides."""

    hostname: str
    certificate: str = "none"
    target: str | None = None


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action to those of `domain`."""
    words = "ask the DNS now whether a hostname points at us (0 yes, 1 no, 2 could not ask)"
    action = actions.add_parser("check", help=words)
    action.add_argument("host")
    action.add_argument("--organisation", metavar="SLUG", help="as this organisation would be told")
    action.add_argument("--json", action="store_true")
    configuration.add_option(action)
    action.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    """Judge the routing from the DNS alone; nothing of it is kept."""
    from edge.dns.rules.naming import Ground, named

    settings = configuration.load(arguments)
    ground = Ground((), settings.issuer == "acme" and settings.trust_file is None)
    name = named(arguments.host, ground)
    if isinstance(name, Diagnosis):
        if not arguments.json:
            raise transaction.refuse(f"{name.seen}. {name.action}")
        return _say(arguments, _Subject(arguments.host), name, None)

    def read(db: sqlite3.Connection) -> tuple[Destination, History, Authority | None, str]:
        from edge.examiner import circumstances

        slug = arguments.organisation
        asking = transaction.organisation(db, slug).id if slug else None
        domain = domains.by_hostname(db, name)
        destination = domain.destination if domain else _destination(settings, name)
        history, authority = circumstances(db, settings, name, transaction.now(), asking=asking)
        return destination, history, authority, issuance.standing(db, name).state.value

    destination, history, authority, certificate = transaction.read(settings, read)
    evidence, found = asyncio.run(_examine(settings, destination, history, authority))
    return _say(arguments, _Subject(name, certificate, destination.cname_target), found, evidence)


async def _examine(
    settings: Settings, destination: Destination, history: History, authority: Authority | None
) -> tuple[Evidence, Diagnosis]:
    from edge.dns.confirmation import Confirmer
    from edge.dns.resolver import Resolver
    from edge.examiner import examiner

    target = canonical(settings.cname_target)
    assert target
    confirmer = Confirmer(Resolver(settings.resolvers), transaction.now, target, settings.addresses)
    asking = examiner(settings, transaction.now, confirmer.our_addresses)
    found = await asking.examine(destination, history, authority)
    return found.evidence, found.diagnosis


def _destination(settings: Settings, hostname: Hostname) -> Destination:
    own = is_own(settings, hostname)
    return Destination(
        hostname=hostname,
        room=Room.PORTAL,
        organisation_id=None,
        suspended=False,
        upstreams=(),
        confirmation=Confirmation.ADDRESS if own else Confirmation.CNAME,
        cname_target=None if own else canonical(settings.cname_target),
    )


def _say(
    arguments: argparse.Namespace, subject: _Subject, found: Diagnosis, evidence: Evidence | None
) -> int:
    if arguments.json:
        print(json.dumps(_object(subject, found, evidence)))
    else:
        print("\n".join(_words(subject, found, evidence)))
    if not found.certain:
        return ASKED_IN_VAIN
    return 0 if found.routing is Routing.OK else 1


def _object(subject: _Subject, found: Diagnosis, evidence: Evidence | None) -> dict[str, Any]:
    survey = evidence.survey if evidence else None
    return {
        "hostname": subject.hostname,
        "routing": found.routing.value,
        "certificate": subject.certificate,
        "diagnosis": diagnoses.to_fields(found),
        "zone": survey.zone if survey else "",
        "nameservers": list(survey.nameservers) if survey else [],
        "views": {
            words: [
                {"server": server, "said": said, "ttl": ttl}
                for server, said, ttl in _seen(evidence, view, subject.target)
            ]
            for view, words in _VIEWS.items()
        },
        "evidence": [answer_fields(answer) for answer in survey.answers] if survey else [],
    }


def _words(subject: _Subject, found: Diagnosis, evidence: Evidence | None) -> list[str]:
    actor = found.actor.value
    if found.actor is Actor.DNS_HOST and found.dns_host:
        actor += f": {found.dns_host}"
    if found.support:
        actor += f": {found.support}"
    lines = [
        f"{subject.hostname}: {found.code}",
        f"  seen      {found.seen}",
        f"  expected  {found.expected}",
        f"  to do     {found.action} ({actor})",
    ]
    if found.cached_until:
        lines.append(f"  caches    keep this until {found.cached_until:%H:%M:%S} UTC")
    if found.next_check_at:
        lines.append(f"  again     worth a look from {found.next_check_at:%H:%M:%S} UTC")
    rows = [(words, *row) for view, words in _VIEWS.items() for row in _seen(evidence, view, subject.target)]
    width = max((len(server) for _, server, _, _ in rows), default=0)
    for words, server, said, ttl in rows:
        kept = f"  ({ttl} s)" if ttl is not None else ""
        lines.append(f"  {words:<8}  {server:<{width}}  {said}{kept}")
    return lines


def _seen(evidence: Evidence | None, view: View, target: str | None) -> list[tuple[str, str, int | None]]:
    """Server, word and TTL of a view."""
    from edge.dns.rules.asking import said
    from edge.dns.sights import sights

    if evidence is None or evidence.survey is None:
        return []
    seen = sights(evidence.survey, evidence.hostname, target)
    return [(sight.server, said(sight), sight.ttl) for sight in seen if sight.view is view]
