"""Certificate -> SSLContext, built off the loop, the most recently used kept, swapped on renewal."""

import asyncio
import os
import ssl
from binascii import a2b_base64
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

from edge.tls import native
from edge.tls.blanks import Blanks
from edge.tls.groups import restrict_groups
from store.hostname import Hostname

HTTP_1_1 = "http/1.1"
ACME_TLS = "acme-tls/1"
# Mozilla's intermediate profile for TLS 1.2; DHE is left out, no client needs it. TLS 1.3 has its own three.
CIPHERS = ":".join(
    (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
    )
)
OP_PRIORITIZE_CHACHA = 1 << 21
"""Our order counts, except that who names ChaCha20 first has it: a telephone without AES in its processor. OpenSSL's
name for it; Python has none."""
_OPTIONS = (
    ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE | OP_PRIORITIZE_CHACHA
)


def server_context(
    chain_pem: bytes, key_pem: bytes, *, alpn: Sequence[str] = (HTTP_1_1,), tickets: int = 1
) -> ssl.SSLContext:
    """A context for this certificate alone: 1-2 ms of work, so call it in a thread. ssl.SSLError: they do not fit.

    A context of its own per name keeps the session ticket of one tenant from being good for another.
    """
    context = blank_context(alpn=alpn, tickets=tickets)
    _load(context, chain_pem, key_pem)
    return context


def blank_context(*, alpn: Sequence[str] = (HTTP_1_1,), tickets: int = 1) -> ssl.SSLContext:
    """All of a context but its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= _OPTIONS if tickets else _OPTIONS | ssl.OP_NO_TICKET
    context.num_tickets = tickets
    context.set_alpn_protocols(list(alpn))
    restrict_groups(context)
    return context


def challenge_context(chain_pem: bytes, key_pem: bytes) -> ssl.SSLContext:
    """The context that answers a tls-alpn-01 validation (RFC 8737), with its self-signed certificate."""
    return server_context(chain_pem, key_pem, alpn=(ACME_TLS,), tickets=0)


class Contexts:
    """Ready contexts by hostname, at most `bound`; the ones unused for longest go first."""

    def __init__(
        self,
        bound: int = 10_000,
        *,
        build: Callable[[bytes, bytes], ssl.SSLContext] = server_context,
        executor: Executor | None = None,
    ) -> None:
        self._bound = bound
        self._build = build
        self._executor = executor
        self._blanks = Blanks(blank_context, executor=executor) if build is server_context else None
        self._ready: OrderedDict[Hostname, _Ready] = OrderedDict()
        self._building: dict[Hostname, _Building] = {}

    def __len__(self) -> int:
        return len(self._ready)

    def get(self, hostname: Hostname) -> ssl.SSLContext | None:
        """The context of the certificate last loaded for this name, if it is still held."""
        ready = self._ready.get(hostname)
        if ready is None:
            return None
        self._ready.move_to_end(hostname)
        return ready.context

    def serial(self, hostname: Hostname) -> str | None:
        """Which certificate `get` would answer with."""
        ready = self._ready.get(hostname)
        return None if ready is None else ready.serial

    async def load(self, hostname: Hostname, serial: str, chain_pem: bytes, key_pem: bytes) -> ssl.SSLContext:
        """The context of this certificate, built once however many ask; until then `get` gives the one before."""
        ready = self._ready.get(hostname)
        if ready is not None and ready.serial == serial:
            return ready.context
        building = self._building.get(hostname)
        if building is None or building.serial != serial:
            if at_once := self._filled(chain_pem, key_pem):
                self._building.pop(hostname, None)
                self._keep(hostname, serial, at_once)
                return at_once
            building = self._start(hostname, serial, chain_pem, key_pem)
        context = await asyncio.shield(building.context)
        self._built(hostname, building, building.context)  # its callback may come a turn of the loop later
        return context

    def drop(self, hostname: Hostname) -> None:
        """Forget the name, also where its context is still being built."""
        self._ready.pop(hostname, None)
        self._building.pop(hostname, None)

    def _filled(self, chain_pem: bytes, key_pem: bytes) -> ssl.SSLContext | None:
        """Made at once of one that waits for a certificate: a quarter of a millisecond, less than a handshake."""
        blank = self._blanks.take() if self._blanks is not None else None
        return blank if blank is not None and native.load(blank, *_material(chain_pem, key_pem)) else None

    def _start(self, hostname: Hostname, serial: str, chain_pem: bytes, key_pem: bytes) -> "_Building":
        loop = asyncio.get_running_loop()
        context = loop.run_in_executor(self._executor, self._build, chain_pem, key_pem)
        building = self._building[hostname] = _Building(serial, context)
        context.add_done_callback(partial(self._built, hostname, building))
        return building

    def _built(
        self, hostname: Hostname, building: "_Building", context: asyncio.Future[ssl.SSLContext]
    ) -> None:
        if self._building.get(hostname) is not building:
            return  # dropped, or a newer certificate was asked for meanwhile
        del self._building[hostname]
        if context.cancelled() or context.exception() is not None:
            return
        self._keep(hostname, building.serial, context.result())

    def _keep(self, hostname: Hostname, serial: str, context: ssl.SSLContext) -> None:
        self._ready[hostname] = _Ready(serial, context)
        self._ready.move_to_end(hostname)
        while len(self._ready) > self._bound:
            self._ready.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Ready:
    serial: str
    context: ssl.SSLContext


@dataclass(frozen=True, slots=True, eq=False)
class _Building:
    serial: str
    context: asyncio.Future[ssl.SSLContext]


def _load(context: ssl.SSLContext, chain_pem: bytes, key_pem: bytes) -> None:
    """From memory where that is to be had; else by `load_cert_chain`, which also says in words what does not fit."""
    if native.load(context, *_material(chain_pem, key_pem)):
        return
    # It reads files only; a memfd is one that never touches a disk.
    descriptor = os.memfd_create("certificate", os.MFD_CLOEXEC)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key_pem.rstrip() + b"\n" + chain_pem)
        file.flush()
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")


def _material(chain_pem: bytes, key_pem: bytes) -> tuple[list[bytes], bytes]:
    """Chain and key as DER; nothing where they are no PEM."""
    try:
        return _ders(chain_pem), _ders(key_pem)[0]
    except (ValueError, IndexError):
        return [], b""


def _ders(pem: bytes) -> list[bytes]:
    """The content of each block of a PEM text; ValueError (also binascii.Error): it is none."""
    return [
        a2b_base64(b"".join(body.split()), strict_mode=True)
        for begun in pem.split(b"-----BEGIN ")[1:]
        for body in [begun.partition(b"-----")[2].partition(b"-----END ")[0]]
    ]
