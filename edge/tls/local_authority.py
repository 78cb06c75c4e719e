"""LocalAuthority: certificates from the embedded CA, whose root lies sealed beside the store's other secrets."""

import logging
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from edge.tls import local_ca
from edge.tls.authority import Material, NotIssued, Spend, free
from edge.tls.csr import new_key, signing_request
from edge.tls.issuance_trace import Trace
from edge.tls.local_ca import CannotIssue, Root
from store import installation
from store.database import Store
from store.hostname import Hostname
from store.instants import Clock
from store.vault import Vault

log = logging.getLogger(__name__)

NAME = "local"
_CERTIFICATE, _KEY = "local_ca_certificate", installation.LOCAL_CA_KEY


class LocalAuthority:
    """Signs for any confirmed name with its own root."""

    def __init__(self, root: Root, clock: Clock, leaf_life: timedelta):
        self._root = root
        self._clock = clock
        self._leaf_life = leaf_life

    @property
    def name(self) -> str:
        return NAME

    @property
    def methods(self) -> tuple[str, ...]:
        return ()

    async def check(self) -> str:
        """The embedded CA is always there; `NotIssued` once its root has expired."""
        ends_at = self._root.certificate.not_valid_after_utc
        if self._clock() >= ends_at:
            raise NotIssued("root_expired", f"the root ended at {ends_at:%Y-%m-%d %H:%M} UTC")
        return f"the embedded CA signs until {ends_at:%Y-%m-%d}"

    async def obtain(
        self,
        hostname: Hostname,
        trace: Trace,
        spend: Spend = free,
        replaces: str = "",
        avoid: frozenset[str] = frozenset(),
    ) -> Material:
        """A leaf for the name; `NotIssued` where the root may not sign for it or has expired."""
        key_pem = new_key()
        request = signing_request(key_pem, hostname)
        try:
            chain_pem = local_ca.issue(self._root, request, hostname, self._clock(), self._leaf_life)
        except CannotIssue as refused:
            raise NotIssued("local_ca", str(refused)) from refused
        trace.mark("sign")
        return Material(chain_pem, key_pem)

    async def give_up(self, hostname: Hostname) -> None:
        """It has no orders."""


async def open_root(
    store: Store, vault: Vault, clock: Clock, *, root_file: Path, days: int, permitted: Sequence[str]
) -> Root:
    """The installation's root, made on first use and when the last has expired; written to `root_file`."""
    now = clock()
    kept = await store.read(_standing, now)
    if kept is None:
        certificate, key_pem = local_ca.make_root(
            now, name="Brassplate local CA", days=days, permitted=permitted
        )
        kept = await store.write(
            _keep_first, {_CERTIFICATE: certificate, _KEY: vault.seal(key_pem, _KEY)}, now
        )
        log.info("local CA made", extra={"root_file": str(root_file), "days": days})
    root_file.parent.mkdir(parents=True, exist_ok=True)
    root_file.write_bytes(kept[_CERTIFICATE])
    return local_ca.load_root(kept[_CERTIFICATE], vault.open(kept[_KEY], _KEY))


def _standing(db: sqlite3.Connection, now: datetime) -> dict[str, bytes] | None:
    certificate, key = installation.value(db, _CERTIFICATE), installation.value(db, _KEY)
    if certificate is None or key is None:
        return None
    ends_at = x509.load_pem_x509_certificate(certificate).not_valid_after_utc
    return {_CERTIFICATE: certificate, _KEY: key} if ends_at > now else None


def _keep_first(db: sqlite3.Connection, made: dict[str, bytes], now: datetime) -> dict[str, bytes]:
    """Another process may have made a root meanwhile: that one stands, or two would sign side by side."""
    if standing := _standing(db, now):
        return standing
    installation.put(db, made)
    return made
