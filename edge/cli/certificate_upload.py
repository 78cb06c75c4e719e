"""brassplate certificate upload: a certificate of the operator's or an organisation's own, served in place of ours."""

import argparse
import asyncio
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from edge.cli import configuration, transaction
from edge.settings import Settings
from store import audit, certificates, domains
from store.audit import Entry
from store.domains import Domain
from store.hostname import Hostname, canonical
from store.vault import MasterKeyUnusable, Vault

LARGEST_BYTES = 64 * 1024


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions to those of `certificate`."""
    upload = actions.add_parser("upload", help="serve a certificate of your own for a hostname")
    upload.add_argument("host", help="a hostname, or *. and edge.provider_domain")
    words = "PEM: certificate, chain and key, in one file or several, in any order"
    upload.add_argument("files", metavar="FILE", nargs="+", type=Path, help=words)
    upload.set_defaults(run=_upload)
    withdraw = actions.add_parser("withdraw", help="serve it no more")
    withdraw.add_argument("host")
    withdraw.set_defaults(run=_withdraw)
    for action in (upload, withdraw):
        configuration.add_option(action)


def _upload(arguments: argparse.Namespace) -> int:
    from admin.certificate import accepting, material
    from admin.certificate.faults import Fault
    from edge.tls.rehearsal import rehearse
    from edge.trust import of_visitors

    settings = configuration.load(arguments)
    subject = _subject(settings, arguments.host)
    found = material.read(_sent(arguments.files), subject.hostname, transaction.now())
    if isinstance(found, Fault):
        raise transaction.refuse(str(found))
    rehearsed = asyncio.run(rehearse(subject.tried_as, found.chain_pem, found.key_pem, of_visitors(settings)))
    if fault := accepting.judged(found, rehearsed, behind_proxy=subject.behind_proxy):
        raise transaction.refuse(str(fault))
    try:
        vault = Vault.from_file(settings.master_key_file)
    except MasterKeyUnusable as unusable:
        raise transaction.refuse(str(unusable)) from None
    certificate = accepting.sealed(found, subject.hostname, vault)
    entry = _entry(subject, "certificate.uploaded")

    def put(db: sqlite3.Connection) -> None:
        if subject.is_wildcard:
            certificates.add(db, certificate, entry.at)
            audit.record(db, entry)
        else:
            accepting.put(db, subject.organisation_id, certificate, entry)

    transaction.run(settings, put)
    print(f"{subject.hostname} is served with {found.issuer}'s certificate until {found.not_after:%-d %B %Y}")
    return 0


def _withdraw(arguments: argparse.Namespace) -> int:
    from admin.certificate import accepting

    settings = configuration.load(arguments)
    subject = _subject(settings, arguments.host)
    entry = _entry(subject, "certificate.withdrawn")

    def change(db: sqlite3.Connection) -> bool:
        if not subject.is_wildcard:
            return accepting.withdraw(db, subject.organisation_id, subject.hostname, entry)
        audit.record(db, entry)
        return certificates.withdraw(db, subject.hostname)

    if not transaction.run(settings, change):
        raise transaction.refuse(f"nothing was uploaded for {subject.hostname}")
    print(f"{subject.hostname} is served with a certificate of ours again, where we may order one")
    return 0


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a certificate is for: a registered name, or every name right below the provider's domain."""

    hostname: Hostname
    tried_as: Hostname
    """The name under which a visitor would be shown it."""
    organisation_id: int | None = None
    behind_proxy: bool = False

    @property
    def is_wildcard(self) -> bool:
        return self.hostname.startswith("*.")


def _subject(settings: Settings, host: str) -> _Subject:
    if host.startswith("*."):
        domain = settings.provider_domain
        if not domain or canonical(host.removeprefix("*.")) != canonical(domain):
            needed = f"*.{domain}" if domain else "one, once edge.provider_domain is set"
            raise transaction.refuse(f"{host}: the only wildcard that serves names here is {needed}")
        return _Subject(Hostname(f"*.{domain}"), Hostname(f"brassplate-check.{domain}"))
    found = transaction.read(settings, lambda db: _found(db, host))
    destination = found.destination
    return _Subject(found.hostname, found.hostname, destination.organisation_id, destination.behind_proxy)


def _found(db: sqlite3.Connection, host: str) -> Domain:
    hostname = canonical(host)
    domain = domains.by_hostname(db, hostname) if hostname else None
    if domain is None:
        raise transaction.refuse(f"{host} is not registered; see brassplate domain list")
    return domain


def _sent(files: list[Path]) -> bytes:
    """What the files hold, one after the other."""
    sent = []
    for file in files:
        try:
            if file.stat().st_size > LARGEST_BYTES:
                raise transaction.refuse(f"{file} is larger than {LARGEST_BYTES // 1024} kB")
            sent.append(file.read_bytes())
        except OSError as error:
            raise transaction.refuse(f"{file}: {error.strerror}") from None
    return b"\n".join(sent)


def _entry(subject: _Subject, action: str) -> Entry:
    return Entry(
        organisation_id=subject.organisation_id,
        actor="cli",
        action=action,
        object=subject.hostname,
        detail={},
        address="",
        at=transaction.now(),
    )
