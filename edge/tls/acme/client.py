"""AcmeClient: the conversation with one CA as one account; keeps the directory, the account URL and nonces.

register | find_account -> new_order -> authorizations -> answer -> wait_for_authorization
                               \\-> fetch_order (resume) ... -> finalise -> certificate
"""

import asyncio
import base64
import logging
from types import TracebackType
from typing import TYPE_CHECKING, Self

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from edge.tls.acme import challenges, renewal_info
from edge.tls.acme.account import EXISTING, AccountRecord, parse_account, registration
from edge.tls.acme.challenges import Challenge, parse_challenge
from edge.tls.acme.directory import Directory, parse_directory
from edge.tls.acme.errors import AcmeMalformed, AcmeProblem
from edge.tls.acme.order import (
    Authorization,
    AuthorizationStatus,
    Order,
    OrderStatus,
    order_request,
    parse_authorization,
    parse_order,
)
from edge.tls.acme.polling import Pace, poll
from edge.tls.acme.renewal_info import RenewalInfo
from edge.tls.acme.transport import Answer, Transport
from store.hostname import Hostname
from store.instants import Clock

if TYPE_CHECKING:
    from edge.tls.acme.signature import Signer

log = logging.getLogger(__name__)
DIRECTORY_LIFE_SECONDS = 6 * 3600.0


class AcmeClient:
    """Every method is one step and may raise AcmeError; `within_seconds` is the deadline of a wait."""

    def __init__(
        self,
        directory_url: str,
        account_key_pem: bytes,
        *,
        clock: Clock,
        account_url: str | None = None,
        ca_file: str = "",
        session: aiohttp.ClientSession | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._directory_url = directory_url
        self._key_pem = account_key_pem
        self._account_url = account_url
        self._pace = pace or Pace()
        self._transport = Transport(clock, session, ca_file)
        self._signer: Signer | None = None
        self._directory: tuple[Directory, float] | None = None
        self._fetching_directory = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection to the CA; a session that was given stays open."""
        await self._transport.close()

    async def directory(self) -> Directory:
        """The CA's directory, read again every six hours."""
        async with self._fetching_directory:
            now = self._pace.monotonic()
            if self._directory is None or now - self._directory[1] > DIRECTORY_LIFE_SECONDS:
                answer = await self._transport.get(self._directory_url)
                self._directory = (parse_directory(answer.document()), now)
            return self._directory[0]

    async def register(self, *, contact: str = "", agree_terms: bool) -> AccountRecord:
        """Make the account, or find it where this key has one."""
        return await self._new_account(registration(contact, agree_terms))

    async def find_account(self) -> AccountRecord:
        """The account of this key; AccountLost where there is none."""
        return await self._new_account(EXISTING)

    async def new_order(
        self, hostname: Hostname, *, replaces: str | None = None, profile: str | None = None
    ) -> Order:
        """Ask for a certificate; where the CA says that `replaces` was replaced already, without it."""
        url = (await self.directory()).new_order
        try:
            answer = await self._post(url, order_request(hostname, replaces, profile))
        except AcmeProblem as refused:
            if not replaces or refused.code != "alreadyReplaced":
                raise
            log.warning("certificate was replaced already, ordering anew", extra={"hostname": hostname})
            answer = await self._post(url, order_request(hostname, None, profile))
        return parse_order(answer.location, answer.document())

    async def fetch_order(self, url: str) -> Order:
        """The order as the CA sees it now."""
        return (await self._look_at_order(url))[0]

    async def authorizations(self, order: Order) -> tuple[Authorization, ...]:
        """What the CA wants to see proven for this order."""
        return tuple([await self.fetch_authorization(url) for url in order.authorization_urls])

    async def fetch_authorization(self, url: str) -> Authorization:
        """The authorization as the CA sees it now."""
        return (await self._look_at_authorization(url))[0]

    async def key_authorization(self, challenge: Challenge) -> str:
        """The proof for this challenge: the http-01 body, or what the tls-alpn-01 certificate digests."""
        if not challenge.token:
            raise AcmeMalformed(f"the CA's {challenge.kind} challenge has no token")
        return challenges.key_authorization(challenge.token, (await self._signing()).thumbprint)

    async def answer(self, challenge: Challenge) -> Challenge:
        """Tell the CA to look; the proof must be in place for every process by now."""
        return parse_challenge((await self._post(challenge.url, {})).document())

    async def wait_for_authorization(self, url: str, *, within_seconds: float) -> Authorization:
        """The authorization once the CA has decided: valid, or not with its `problem`."""
        return await poll(
            lambda: self._look_at_authorization(url),
            lambda seen: seen.status is not AuthorizationStatus.PENDING,
            self._pace,
            within_seconds,
        )

    async def finalise(self, order: Order, csr_der: bytes, *, within_seconds: float) -> Order:
        """Hand in the CSR and wait: the order valid, or invalid with its `problem`.

        Handing in twice is harmless: an order that already has its CSR is waited for.
        """
        try:
            answer = await self._post(order.finalize_url, {"csr": _base64url(csr_der)})
            handed_in = parse_order(order.url, answer.document())
        except AcmeProblem as refused:
            if refused.code != "orderNotReady":
                raise
            handed_in = await self.fetch_order(order.url)
            if handed_in.status in (OrderStatus.PENDING, OrderStatus.READY):
                raise
        if handed_in.settled:
            return handed_in
        return await self.wait_for_order(order.url, within_seconds=within_seconds)

    async def wait_for_order(self, url: str, *, within_seconds: float) -> Order:
        """The order once the CA has decided, for one that is being processed."""
        return await poll(
            lambda: self._look_at_order(url), lambda seen: seen.settled, self._pace, within_seconds
        )

    async def certificate(self, order: Order) -> bytes:
        """The certificate and its chain as PEM, leaf first."""
        if order.certificate_url is None:
            raise AcmeMalformed(f"the order is {order.status} and names no certificate")
        pem = (await self._post(order.certificate_url, None)).body
        try:
            x509.load_pem_x509_certificates(pem)
        except ValueError as error:
            raise AcmeMalformed(f"the CA's certificate is not PEM: {error}") from error
        return pem

    async def revoke(self, certificate_pem: bytes, *, reason: int = 0) -> None:
        """Revoke a certificate of this account; `reason` is a CRLReason (RFC 5280 5.3.1)."""
        url = (await self.directory()).revoke_certificate
        if url is None:
            raise AcmeMalformed("the CA's directory has no revokeCert")
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        der = certificate.public_bytes(serialization.Encoding.DER)
        await self._post(url, {"certificate": _base64url(der), "reason": reason})

    async def deactivate_authorization(self, url: str) -> Authorization:
        """Give up an authorization, so that the CA forgets that the name was proven."""
        answer = await self._post(url, {"status": "deactivated"})
        return parse_authorization(url, answer.document())

    async def renewal_info(self, certificate_pem: bytes) -> RenewalInfo | None:
        """When to renew by the CA's wish; None where the CA or the certificate has no such thing."""
        base = (await self.directory()).renewal_info
        found = renewal_info.certificate_id(x509.load_pem_x509_certificate(certificate_pem))
        if base is None or found is None:
            return None
        answer = await self._transport.get(f"{base.removesuffix('/')}/{found}")
        return renewal_info.parse_renewal_info(answer.document(), answer.retry_after)

    async def _new_account(self, request: dict[str, object]) -> AccountRecord:
        directory = await self.directory()
        signer = await self._signing()
        answer = await self._transport.post(directory.new_account, request, signer, None, directory.new_nonce)
        record = parse_account(answer.location, answer.document())
        self._account_url = record.url
        return record

    async def _post(self, url: str, payload: dict[str, object] | None) -> Answer:
        kid = self._account_url or (await self.find_account()).url
        directory = await self.directory()
        return await self._transport.post(url, payload, await self._signing(), kid, directory.new_nonce)

    async def _look_at_order(self, url: str) -> tuple[Order, float | None]:
        answer = await self._post(url, None)
        return parse_order(url, answer.document()), answer.retry_after

    async def _look_at_authorization(self, url: str) -> tuple[Authorization, float | None]:
        answer = await self._post(url, None)
        return parse_authorization(url, answer.document()), answer.retry_after

    async def _signing(self) -> "Signer":
        if self._signer is None:
            self._signer = await asyncio.to_thread(_load_signer, self._key_pem)
        return self._signer


def _load_signer(key_pem: bytes) -> "Signer":
    from edge.tls.acme.signature import Signer

    return Signer(key_pem)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
