"""brassplate certificate revoke: a certificate is revoked at its CA, served no more, and replaced by a new one."""

import argparse
import asyncio
import sqlite3

from edge.cli import configuration, transaction
from edge.settings import Settings
from store import audit, certificates, domains, held, issuance
from store.audit import Entry
from store.certificates import Certificate
from store.hostname import Hostname, canonical

REASONS = {"unspecified": 0, "keyCompromise": 1, "superseded": 4, "cessationOfOperation": 5}
"""What subscribers may say, by its CRLReason (RFC 5280 5.3.1; CA/Browser Forum BR 4.9.1.1)."""


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action to those of `certificate`."""
    revoke = actions.add_parser("revoke", help="revoke at the CA, serve it no more, get a new one")
    revoke.add_argument("host")
    revoke.add_argument("--reason", choices=sorted(REASONS), default="unspecified")
    configuration.add_option(revoke)
    revoke.set_defaults(run=_revoke)


def _revoke(arguments: argparse.Namespace) -> int:
    settings = configuration.load(arguments)
    standing = transaction.read(settings, lambda db: _standing(db, settings, arguments.host))
    asyncio.run(_at_the_ca(settings, standing, REASONS[arguments.reason]))
    transaction.run(settings, lambda db: _replace(db, standing, arguments.reason))
    print(f"{standing.hostname}: {standing.serial} is revoked; serve gets a new certificate at once")
    return 0


def _standing(db: sqlite3.Connection, settings: Settings, host: str) -> Certificate:
    if held.since(db):
        raise transaction.refuse(held.WORDS)
    hostname = canonical(host)
    found = certificates.newest_issued(db, hostname) if hostname else None
    if found is None:
        raise transaction.refuse(f"{host} has no certificate that we got")
    if found.issuer != settings.directory:
        raise transaction.refuse(
            f"{host}: its certificate is from {found.issuer}, which revokes nothing for us"
        )
    return found


async def _at_the_ca(settings: Settings, standing: Certificate, reason: int) -> None:
    from edge.house import acme_settings
    from edge.tls.acme_authority import AcmeAuthority
    from edge.tls.authority import NotIssued
    from store.database import Store
    from store.vault import MasterKeyUnusable, Vault

    store = await Store.open(settings.store_path, readers=1)
    try:
        vault = Vault.from_file(settings.master_key_file)
        ca = AcmeAuthority(store, vault, transaction.now, acme_settings(settings))
        try:
            await ca.revoke(standing.chain_pem, reason)
        finally:
            await ca.close()
    except MasterKeyUnusable as unusable:
        raise transaction.refuse(str(unusable)) from None
    except NotIssued as refused:
        words = f"{standing.hostname}: not revoked, and served as before: {refused.detail or refused.cause}"
        raise transaction.refuse(words) from None
    finally:
        await store.close()


def _replace(db: sqlite3.Connection, standing: Certificate, reason: str) -> None:
    now = transaction.now()
    certificates.remove(db, standing.hostname, standing.serial)
    issuance.rest(db, Hostname(standing.hostname), now)
    domain = domains.by_hostname(db, standing.hostname)
    detail = {"serial": standing.serial, "reason": reason}
    organisation_id = domain.destination.organisation_id if domain else None
    audit.record(db, Entry(organisation_id, "cli", "certificate.revoked", standing.hostname, detail, "", now))
