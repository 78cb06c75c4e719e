"""Rehearsal: a handshake in memory with a certificate that is not in use yet, as a visitor's side would have it."""

import asyncio
import ssl

from edge.tls.contexts import server_context
from store.hostname import Hostname
from store.rehearsal import Reason, Refused, Rehearsed, Trusted

MOST_TURNS = 20
"""A handshake over memory takes four."""


_REASONS = {18: Reason.SELF_SIGNED, 20: Reason.CHAIN_SHORT, 21: Reason.CHAIN_SHORT}
"""OpenSSL's X509_V_ERR_ numbers: a self-signed leaf; no certificate of an issuer, of the leaf's or further up."""


async def rehearse(hostname: Hostname, chain_pem: bytes, key_pem: bytes, trust: ssl.SSLContext) -> Rehearsed:
    """Whether a visitor who trusts `trust` takes the certificate for this name, and if not, why."""
    return await asyncio.to_thread(_rehearse, hostname, chain_pem, key_pem, trust)


def _rehearse(hostname: Hostname, chain_pem: bytes, key_pem: bytes, trust: ssl.SSLContext) -> Rehearsed:
    to_server, to_visitor = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        server = server_context(chain_pem, key_pem).wrap_bio(to_server, to_visitor, server_side=True)
        visitor = trust.wrap_bio(to_visitor, to_server, server_hostname=hostname)
        for _ in range(MOST_TURNS):
            if all([_done(visitor), _done(server)]):
                return Trusted()
    except ssl.SSLCertVerificationError as error:
        return Refused(_REASONS.get(error.verify_code, Reason.OTHER), error.verify_message)
    except ssl.SSLError as error:
        return Refused(Reason.OTHER, error.reason or str(error))
    return Refused(Reason.OTHER, "the handshake does not end")


def _done(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True
