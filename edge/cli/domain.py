"""brassplate domain: the hostnames we answer for, and what is known about each."""

import argparse
import json
import sqlite3
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from edge.cli import configuration, domain_check, transaction
from edge.own_names import is_own
from store import certificates, domain_history, domains, issuance, phases, portal_names, titles, watches
from store import diagnosis as diagnoses
from store.destination import Confirmation, Destination, Room
from store.dns_answers import to_fields
from store.domains import Domain
from store.hostname import Hostname, NotAHostname, canonical, is_apex, parse
from store.instants import to_ms
from store.ownership import Verdict
from store.titles import Registered


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb and its actions."""
    actions = verbs.add_parser("domain", help="hostnames").add_subparsers(required=True)
    add = actions.add_parser("add", help="answer for a hostname: an organisation's portal, or an upstream")
    add.add_argument("host")
    add.add_argument("--organisation", metavar="SLUG", required=True)
    add.add_argument("--upstream", metavar="URL", action="append", default=[])
    vouched = "take it from an organisation that has or had it: you know whose it is"
    add.add_argument("--vouch", action="store_true", help=vouched)
    add.set_defaults(run=_add)
    for name, run, words in (
        ("show", _show, "what is known about a hostname"),
        ("remove", _remove, "stop answering for a hostname"),
    ):
        action = actions.add_parser(name, help=words)
        action.add_argument("host")
        action.set_defaults(run=run)
        _common(action)
    domain_check.add_parser(actions)
    listing = actions.add_parser("list", help="all hostnames")
    listing.set_defaults(run=_list)
    _common(listing)
    _common(add)


_IN_THE_WAY = {
    Verdict.YOURS: "this organisation has it already",
    Verdict.PROOF_NEEDED: "another organisation has it, or had it within 30 days; its admin can prove it in the"
    " wizard by a TXT record, or say --vouch if you know whose it is",
    Verdict.NEVER: "it is the provider's own name",
}


def described(db: sqlite3.Connection, domain: Domain) -> dict[str, Any]:
    """A domain as one JSON object: routing, certificate and diagnosis, with the history of its issuance."""
    now = transaction.now()
    standing = issuance.standing(db, domain.hostname)
    certificate = certificates.standing(db, domain.hostname, now)
    return {
        "hostname": domain.hostname,
        "room": domain.destination.room.value,
        "upstreams": list(domain.destination.upstreams),
        "routing": domain.routing.value,
        "certificate": standing.state.value,
        "not_after": certificate.not_after.isoformat() if certificate else None,
        "watch": _watch(db, domain.hostname),
        "live_at": domain.live_at.isoformat() if domain.live_at else None,
        "cause": standing.cause,
        "detail": standing.detail,
        "retry_at": standing.retry_at.isoformat() if standing.retry_at else None,
        "diagnosis": diagnoses.to_fields(domain.diagnosis) if domain.diagnosis else None,
        "attempts": [
            {
                "reason": attempt.reason,
                "outcome": attempt.outcome,
                "detail": attempt.detail,
                "milliseconds": phases.by_name(attempt.trace),
                "trace": [asdict(phase) for phase in attempt.trace],
                "seconds": (to_ms(attempt.finished_at) - to_ms(attempt.started_at)) / 1000,
                "finished_at": attempt.finished_at.isoformat(),
            }
            for attempt in issuance.history(db, domain.hostname)
        ],
    }


def _watch(db: sqlite3.Connection, hostname: Hostname) -> dict[str, str | None] | None:
    """Where several looks say that it is, and when the next one is; None: it never served."""
    watch = watches.of(db, hostname)
    if watch is None:
        return None
    return {
        "place": watch.place.value,
        "suspected": watch.suspected.value if watch.suspected else None,
        "looked_at": watch.looked_at.isoformat() if watch.looked_at else None,
        "next_look_at": watch.next_look_at.isoformat(),
    }


def _common(action: argparse.ArgumentParser) -> None:
    action.add_argument("--json", action="store_true")
    configuration.add_option(action)


def _add(arguments: argparse.Namespace) -> int:
    settings = configuration.load(arguments)
    hostname = _parsed(arguments.host)
    if is_own(settings, hostname):
        raise transaction.refuse(f"{hostname} is the provider's own name")
    if len(arguments.upstream) > 1:
        raise transaction.refuse("several upstreams for one name are not built yet; give one --upstream")
    for url in arguments.upstream:
        _check_upstream(url)

    def change(db: sqlite3.Connection) -> Destination:
        organisation_id = transaction.organisation(db, arguments.organisation).id
        wanted = Destination(
            hostname=hostname,
            room=Room.UPSTREAM if arguments.upstream else Room.PORTAL,
            organisation_id=organisation_id,
            suspended=False,
            upstreams=tuple(arguments.upstream),
            confirmation=Confirmation.CNAME,
            cname_target=canonical(settings.cname_target),  # the operator knows whose name it is
        )
        now, vouched = transaction.now(), arguments.vouch
        done = titles.register(db, organisation_id, wanted, now, proved=vouched)
        if not isinstance(done, Registered):
            raise transaction.refuse(f"{hostname}: {_IN_THE_WAY[done]}")
        portal_names.settle(db, organisation_id, settings.provider_domain, now)
        return done.destination

    target = transaction.run(settings, change).cname_target
    needs = "A and AAAA records with the addresses of" if is_apex(hostname) else "CNAME"
    words = f"{hostname} added; its DNS needs: {hostname} {needs} {target}"
    print(json.dumps({"hostname": hostname, "cname_target": target}) if arguments.json else words)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    found = transaction.read(
        configuration.load(arguments), lambda db: [described(db, domain) for domain in domains.every(db)]
    )
    if arguments.json:
        print(json.dumps(found))
    else:
        for each in found:
            print(
                f"{each['hostname']}\t{each['room']}\trouting {each['routing']}\tcertificate {each['certificate']}"
            )
    return 0


def _show(arguments: argparse.Namespace) -> int:
    hostname = _parsed(arguments.host)

    def read(db: sqlite3.Connection) -> dict[str, Any]:
        domain = domains.by_hostname(db, hostname)
        if domain is None:
            raise transaction.refuse(f"{hostname} is not registered here")
        found = described(db, domain)
        if arguments.json:
            survey = domain_history.last_survey(db, hostname)
            found["evidence"] = to_fields(survey) if survey else None
        return found

    found = transaction.read(configuration.load(arguments), read)
    if arguments.json:
        print(json.dumps(found))
    else:
        for key, value in found.items():
            print(f"{key}: {value if isinstance(value, str) else json.dumps(value)}")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    hostname = _parsed(arguments.host)
    now = transaction.now()
    if not transaction.run(configuration.load(arguments), lambda db: domains.remove(db, hostname, now)):
        raise transaction.refuse(f"{hostname} is not registered here")
    print(json.dumps({"hostname": hostname, "removed": True}) if arguments.json else f"{hostname} removed")
    return 0


def _parsed(text: str) -> Hostname:
    found = parse(text)
    if isinstance(found, NotAHostname):
        raise transaction.refuse(f"{text!r} is not a host name: {found.reason}")
    return found


def _check_upstream(url: str) -> None:
    if not _is_upstream(url):
        raise transaction.refuse(
            f"upstream {url!r}: give http://HOST:PORT; https upstreams are not built yet"
        )


def _is_upstream(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    unwanted = parts.query or parts.fragment or parts.username or not url.isprintable() or " " in url
    return parts.scheme == "http" and bool(parts.hostname) and not unwanted
