"""LocalAuthority: certificates from the embedded CA, whose root lies sealed beside the store's other secrets."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from edge.tls import local_ca
from edge.tls.authority import Material, NotIssued
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


class LocalAuthority:
    """Signs for any confirmed name with its own root."""

    def __init__(self, root: Root, clock: Clock, leaf_life: timedelta):
        self._root = root
        self._clock = clock
        self._leaf_life = leaf_life

    @property
    def name(self) -> str:
        return NAME

    async def obtain(self, hostname: Hostname, trace: Trace) -> Material:
        """A leaf for the name; `NotIssued` where the root may not sign for it or has expired."""
        key_pem = new_key()
        request = signing_request(key_pem, hostname)
        try:
            chain_pem = local_ca.issue(self._root, request, hostname, self._clock(), self._leaf_life)
        except CannotIssue as refused:
            raise NotIssued("local_ca", str(refused)) from refused
        trace.mark("sign")
        return Material(chain_pem, key_pem)


async def open_root(
    store: Store, vault: Vault, clock: Clock, *, root_file: Path, days: int, permitted: Sequence[str]
) -> Root:
    """The installation's root, made on first use and when the last has expired; written to `root_file`."""
    kept = await store.read(installation.value, "local_ca_certificate")
    sealed = await store.read(installation.value, "local_ca_key")
    if kept is None or sealed is None or _ends_at(kept) <= clock():
        kept, key_pem = local_ca.make_root(
            clock(), name="Brassplate local CA", days=days, permitted=permitted
        )
        sealed = vault.seal(key_pem, "local_ca_key")
        await store.write(installation.put, {"local_ca_certificate": kept, "local_ca_key": sealed})
        log.info("local CA made", extra={"root_file": str(root_file), "days": days})
    root_file.parent.mkdir(parents=True, exist_ok=True)
    root_file.write_bytes(kept)
    return local_ca.load_root(kept, vault.open(sealed, "local_ca_key"))


def _ends_at(certificate_pem: bytes) -> datetime:
    return x509.load_pem_x509_certificate(certificate_pem).not_valid_after_utc
