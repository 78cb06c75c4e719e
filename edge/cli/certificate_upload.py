"""brassplate certificate upload: a certificate of the operator's or an organisation's own, served in place of ours."""

import argparse
import asyncio
import sqlite3
from pathlib import Path

from edge.cli import configuration, transaction
from store import domains
from store.audit import Entry
from store.domains import Domain
from store.hostname import canonical
from store.vault import MasterKeyUnusable, Vault

LARGEST_BYTES = 64 * 1024


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions to those of `certificate`."""
    upload = actions.add_parser("upload", help="serve a certificate of your own for a hostname")
    upload.add_argument("host")
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
    domain = transaction.read(settings, lambda db: _found(db, arguments.host))
    now = transaction.now()
    found = material.read(_sent(arguments.files), domain.hostname, now)
    if isinstance(found, Fault):
        raise transaction.refuse(str(found))
    trust = of_visitors(settings)
    rehearsed = asyncio.run(rehearse(domain.hostname, found.chain_pem, found.key_pem, trust))
    if fault := accepting.judged(found, rehearsed, domain):
        raise transaction.refuse(str(fault))
    try:
        vault = Vault.from_file(settings.master_key_file)
    except MasterKeyUnusable as unusable:
        raise transaction.refuse(str(unusable)) from None
    certificate = accepting.sealed(found, domain.hostname, vault)
    entry = _entry(domain, "certificate.uploaded")
    transaction.run(
        settings, lambda db: accepting.put(db, domain.destination.organisation_id, certificate, entry)
    )
    print(f"{domain.hostname} is served with {found.issuer}'s certificate until {found.not_after:%-d %B %Y}")
    return 0


def _withdraw(arguments: argparse.Namespace) -> int:
    from admin.certificate import accepting

    def change(db: sqlite3.Connection) -> Domain:
        domain = _found(db, arguments.host)
        entry = _entry(domain, "certificate.withdrawn")
        if not accepting.withdraw(db, domain.destination.organisation_id, domain.hostname, entry):
            raise transaction.refuse(f"nothing was uploaded for {domain.hostname}")
        return domain

    domain = transaction.run(configuration.load(arguments), change)
    print(f"{domain.hostname} is served with a certificate of ours again, where we may order one")
    return 0


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


def _entry(domain: Domain, action: str) -> Entry:
    return Entry(
        organisation_id=domain.destination.organisation_id,
        actor="cli",
        action=action,
        object=domain.hostname,
        detail={},
        address="",
        at=transaction.now(),
    )
