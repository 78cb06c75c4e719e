"""Accepting: an uploaded certificate is judged, tried as a visitor would, sealed and put in use; or refused."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from admin.certificate import faults
from admin.certificate.faults import Fault
from admin.certificate.material import Material
from store import audit, certificates, domains, issuance
from store.audit import Entry
from store.certificates import TAKING_OVER, Certificate, Source
from store.hostname import Hostname
from store.rehearsal import Reason, Refused, Rehearsed
from store.vault import Vault


@dataclass(frozen=True, slots=True)
class Gone:
    """The name is the organisation's no more."""


def judged(material: Material, rehearsed: Rehearsed, *, behind_proxy: bool = False) -> Fault | None:
    """Whether a certificate that is in itself in order may be served for a name, by what a visitor's side said."""
    if not isinstance(rehearsed, Refused):
        return None
    if material.by_origin_ca:
        return None if behind_proxy else faults.origin_ca()
    match rehearsed.reason:
        case Reason.SELF_SIGNED:
            return faults.self_signed(material.issuer)
        case Reason.CHAIN_SHORT:
            return faults.chain_short(material.issuer)
        case _:
            return faults.not_trusted(rehearsed.words)


def sealed(material: Material, hostname: Hostname, vault: Vault) -> Certificate:
    """The certificate as it is stored."""
    return Certificate(
        hostname=hostname,
        serial=material.serial,
        chain_pem=material.chain_pem.decode("ascii"),
        sealed_key=vault.seal(material.key_pem, hostname, material.serial),
        issuer=material.issuer,
        not_before=material.not_before,
        not_after=material.not_after,
        source=Source.UPLOADED,
    )


def put(
    db: sqlite3.Connection, organisation_id: int | None, certificate: Certificate, entry: Entry
) -> Certificate | Gone:
    """Serve a certificate from now on, and say when ours is got in its place."""
    domain = domains.by_hostname(db, certificate.hostname)
    if domain is None or domain.destination.organisation_id != organisation_id:
        return Gone()
    certificates.add(db, certificate, entry.at)
    due = takes_over_at(certificate, entry.at) if domain.destination.ordered else None
    issuance.rest(db, certificate.hostname, due)
    audit.record(db, entry)
    return certificate


def withdraw(db: sqlite3.Connection, organisation_id: int | None, hostname: Hostname, entry: Entry) -> bool:
    """Serve what was uploaded no more; ours is got where none stands that lasts. False when nothing was uploaded."""
    domain = domains.by_hostname(db, hostname)
    if domain is None or domain.destination.organisation_id != organisation_id:
        return False
    if not certificates.withdraw(db, hostname):
        return False
    issuance.rest(db, hostname, _due(db, hostname, entry.at) if domain.destination.ordered else None)
    audit.record(db, entry)
    return True


def set_way(
    db: sqlite3.Connection,
    organisation_id: int,
    hostname: Hostname,
    way: tuple[bool, bool],
    entry: Entry,
) -> bool:
    """Keep whether Cloudflare stands before a name and whether we order for it; False when it is not theirs."""
    domain = domains.by_hostname(db, hostname)
    if domain is None or domain.destination.organisation_id != organisation_id:
        return False
    behind_proxy, ordered = way
    domains.set_way(db, hostname, behind_proxy=behind_proxy, ordered=ordered)
    if ordered != domain.destination.ordered:
        issuance.rest(db, hostname, _due(db, hostname, entry.at) if ordered else None)
    audit.record(db, entry)
    return True


def _due(db: sqlite3.Connection, hostname: Hostname, now: datetime) -> datetime:
    """When a name for which we order wants a certificate from us."""
    standing = certificates.standing(db, hostname, now)
    if standing is None:
        return now
    if standing.source is Source.UPLOADED:
        return takes_over_at(standing, now)
    return standing.not_before + (standing.not_after - standing.not_before) * 2 / 3


def takes_over_at(certificate: Certificate, now: datetime) -> datetime:
    """When to get ours, so that it is there before an uploaded one ends: a third of what is left if that is less."""
    return certificate.not_after - min(TAKING_OVER, (certificate.not_after - now) / 3)
