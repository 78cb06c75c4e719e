"""AcmeAuthority: certificates from a CA over ACME; an order under way is in the store and survives a crash.

account -> order (resumed or new) -> answers and order committed -> CA told -> validated -> finalised -> chain
"""

import asyncio
import logging
import sqlite3
from dataclasses import dataclass
from datetime import timedelta

from cryptography import x509

from edge.tls.acme.account import new_account_key
from edge.tls.acme.client import AcmeClient
from edge.tls.acme.errors import AccountLost, AcmeError, AcmeProblem, AcmeTimeout, AcmeUnreachable
from edge.tls.acme.order import Authorization, AuthorizationStatus, Order, OrderStatus
from edge.tls.acme.polling import SERVER_ERROR, TOO_MANY_REQUESTS
from edge.tls.acme.renewal_info import RenewalInfo, certificate_id
from edge.tls.authority import UNREACHABLE, Material, NotIssued, Spend, free
from edge.tls.challenge_choice import chosen
from edge.tls.csr import new_key, signing_request
from edge.tls.issuance_trace import Trace
from store import acme_state, challenge_results, challenges
from store.acme_state import Account, PendingOrder
from store.challenge_results import Result
from store.database import Store
from store.hostname import Hostname
from store.instants import Clock
from store.tasks import OwnedTasks
from store.vault import SealBroken, Vault

log = logging.getLogger(__name__)

SECONDARY = "secondary validation"
"""How Boulder begins what one of its remote places saw: "During secondary validation: …"."""
UNREACHED = ("connection", "unauthorized", "incorrectResponse", "tls")
"""Problems that another kind of challenge may not have; `dns` and `caa` are the same for all."""
VALIDATION_SECONDS = 90.0
FINALISING_SECONDS = 60.0
ANSWER_LIFE = timedelta(hours=1)
"""Answers are deleted with their order; this bounds what a crash leaves behind."""


@dataclass(frozen=True, slots=True)
class AcmeSettings:
    """Which CA, as whom, and how names are proven."""

    directory: str
    contact: str
    agree_terms: bool
    ca_file: str
    challenges: tuple[str, ...]
    profile: str = ""
    """Which kind of certificate is asked for, where the CA has it; empty: its own choice."""


@dataclass(frozen=True, slots=True)
class _Under:
    """An order with the key that its certificate will have."""

    order: Order
    key_pem: bytes


@dataclass(frozen=True, slots=True)
class _Spending:
    """What a new order costs, the chain whose place it takes, and the challenges that would fail."""

    spend: Spend
    replaces: str
    avoid: frozenset[str]

    async def replaced(self, client: AcmeClient) -> str | None:
        """The ARI id of what is replaced, for a CA that knows such ids (RFC 9773 5)."""
        if not self.replaces or (await client.directory()).renewal_info is None:
            return None
        return certificate_id(x509.load_pem_x509_certificate(self.replaces.encode("ascii")))


class AcmeAuthority:
    """One CA as one account; made once, closed once."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, settings: AcmeSettings):
        self._store = store
        self._vault = vault
        self._clock = clock
        self._settings = settings
        self._key_pem = b""
        self._client: AcmeClient | None = None
        self._connecting = asyncio.Lock()
        self._leftovers = OwnedTasks()

    @property
    def name(self) -> str:
        return self._settings.directory

    async def prepare(self) -> None:
        """Have the account ready before the first visitor comes; a CA that is down now is tried again then."""
        try:
            await self._connect()
        except AcmeError as error:
            log.warning("the CA cannot be reached yet", extra={"ca": self.name, "detail": str(error)})

    @property
    def methods(self) -> tuple[str, ...]:
        return self._settings.challenges

    async def close(self) -> None:
        """Close the connection to the CA."""
        await self._leftovers.close()
        if self._client:
            await self._client.close()

    async def obtain(
        self,
        hostname: Hostname,
        trace: Trace,
        spend: Spend = free,
        replaces: str = "",
        avoid: frozenset[str] = frozenset(),
    ) -> Material:
        """A certificate for the name; `NotIssued` with the CA's words. A lost account is made anew, once."""
        spending = _Spending(spend, replaces, avoid)
        try:
            client = await self._connect()
            try:
                return await self._obtain(client, hostname, trace, spending)
            except AccountLost:
                log.warning("the CA lost our account, registering again", extra={"ca": self.name})
                await self._store.write(acme_state.forget_order, hostname)
                await self._register(client, self._key_pem)
                return await self._obtain(client, hostname, trace, spending)
        except (AcmeError, SealBroken) as error:
            raise _not_issued(error) from error

    async def check(self) -> str:
        """Ask the CA for our account, which it only gives to who signs with its key; `NotIssued`."""
        try:
            account = await (await self._connect()).find_account()
        except (AcmeError, SealBroken) as error:
            raise _not_issued(error) from error
        return f"{self.name} knows our account {account.url}"

    async def renewal_window(self, chain_pem: str) -> RenewalInfo | None:
        """When the CA wants a certificate replaced; None: it says nothing of that. `NotIssued` when not asked."""
        try:
            return await (await self._connect()).renewal_info(chain_pem.encode("ascii"))
        except (AcmeError, SealBroken) as error:
            raise _not_issued(error) from error

    async def revoke(self, chain_pem: str, reason: int) -> None:
        """Revoke a certificate of our account, one that is revoked already included; `NotIssued` when it is refused."""
        try:
            await (await self._connect()).revoke(chain_pem.encode("ascii"), reason=reason)
        except (AcmeError, SealBroken) as error:
            if isinstance(error, AcmeProblem) and error.code == "alreadyRevoked":
                return
            raise _not_issued(error) from error

    async def give_up(self, hostname: Hostname) -> None:
        """Deactivate the authorizations that an order without a certificate leaves pending (RFC 8555 7.5.2)."""
        pending = await self._store.read(acme_state.pending_order, hostname)
        if pending and pending.directory == self.name and self._client:
            self._leave(self._client, pending)

    def _leave(self, client: AcmeClient, pending: PendingOrder) -> None:
        self._leftovers.start(_deactivate(client, pending), f"leftovers of {pending.hostname}")

    async def _obtain(
        self, client: AcmeClient, hostname: Hostname, trace: Trace, spending: "_Spending"
    ) -> Material:
        if resumed := await self._resumed(client, hostname):
            try:
                return await self._completed(client, hostname, resumed, trace, spending.avoid)
            except NotIssued as refused:
                # The CA may have looked while nobody was there to answer: that says nothing about the name.
                log.warning("a resumed order failed", extra={"hostname": hostname, "cause": refused.cause})
        await spending.spend()
        under = await self._ordered(client, hostname, trace, await spending.replaced(client))
        return await self._completed(client, hostname, under, trace, spending.avoid)

    async def _completed(
        self, client: AcmeClient, hostname: Hostname, under: _Under, trace: Trace, avoid: frozenset[str]
    ) -> Material:
        order, proved_by = under.order, ""
        if order.status is OrderStatus.PENDING:
            proved_by = await self._prove(client, hostname, under, avoid)
            trace.mark("validation")
        if order.status in (OrderStatus.PENDING, OrderStatus.READY):
            log.info("finalising", extra={"hostname": hostname})
            request = signing_request(under.key_pem, hostname)
            order = await client.finalise(order, request, within_seconds=FINALISING_SECONDS)
        elif order.status is OrderStatus.PROCESSING:
            order = await client.wait_for_order(order.url, within_seconds=FINALISING_SECONDS)
        if order.status is not OrderStatus.VALID:
            raise NotIssued("ca:order_invalid", str(order.problem or "the CA gave no reason"))
        chain_pem = await client.certificate(order)
        trace.mark("finalise")
        log.info("finalised", extra={"hostname": hostname})
        return Material(chain_pem, under.key_pem, proved_by)

    async def _resumed(self, client: AcmeClient, hostname: Hostname) -> _Under | None:
        """The order that a crash left under way, unless it is void by now."""
        pending = await self._store.read(acme_state.pending_order, hostname)
        if pending is None or pending.directory != self.name:
            return None
        try:
            key_pem = self._vault.open(pending.sealed_key, hostname, pending.url)
            order = await client.fetch_order(pending.url)
        except (SealBroken, AcmeProblem) as error:
            if isinstance(error, AcmeProblem) and _says_nothing_of_the_order(error):
                raise
            log.warning("an order cannot be resumed", extra={"hostname": hostname, "detail": str(error)})
            self._leave(client, pending)
            return None
        if order.status is OrderStatus.INVALID:
            return None
        log.info("order resumed", extra={"hostname": hostname, "status": order.status.value})
        return _Under(order, key_pem)

    async def _ordered(
        self, client: AcmeClient, hostname: Hostname, trace: Trace, replaces: str | None
    ) -> _Under:
        profile = await self._profile(client)
        order, key_pem = await client.new_order(hostname, replaces=replaces, profile=profile), new_key()
        log.info("ordered", extra={"hostname": hostname})
        sealed = self._vault.seal(key_pem, hostname, order.url)
        pending = PendingOrder(hostname, self.name, order.url, sealed)
        await self._store.write(acme_state.put_pending_order, pending, self._clock())
        trace.mark("order")
        return _Under(order, key_pem)

    async def _profile(self, client: AcmeClient) -> str | None:
        """The profile to name; one that the CA does not have any more must not end all renewals."""
        wanted = self._settings.profile
        offered = (await client.directory()).profiles
        if wanted and wanted not in offered:
            log.error(
                "the CA has no such profile, ordering without",
                extra={"profile": wanted, "offered": ", ".join(offered)},
            )
            return None
        return wanted or None

    async def _prove(
        self, client: AcmeClient, hostname: Hostname, under: _Under, avoid: frozenset[str]
    ) -> str:
        """The kind of challenge that the CA found answered; empty: it asked for none."""
        kind = ""
        for authorization in await client.authorizations(under.order):
            if authorization.status is AuthorizationStatus.PENDING:
                kind = await self._answer(client, hostname, authorization, avoid)
                authorization = await client.wait_for_authorization(
                    authorization.url, within_seconds=VALIDATION_SECONDS
                )
            if authorization.status is not AuthorizationStatus.VALID:
                raise _unproven(authorization, kind)
        return kind

    async def _answer(
        self, client: AcmeClient, hostname: Hostname, authorization: Authorization, avoid: frozenset[str]
    ) -> str:
        """Commit the answer, so that every process can give it, and only then tell the CA."""
        of_name, anywhere = await self._store.read(_challenge_results, hostname)
        challenge = authorization.challenge(chosen(self.methods, of_name, anywhere, avoid))
        if challenge is None:
            raise NotIssued(
                "ca:no_challenge", f"the CA offers none of {', '.join(self._settings.challenges)}"
            )
        answer = await client.key_authorization(challenge)
        await self._store.write(
            challenges.put, hostname, challenge.kind, challenge.token, answer, self._clock() + ANSWER_LIFE
        )
        log.info("challenge answered", extra={"hostname": hostname, "kind": challenge.kind})
        await client.answer(challenge)
        return challenge.kind

    async def _connect(self) -> AcmeClient:
        async with self._connecting:
            if self._client is None:
                account = await self._store.read(acme_state.account, self.name)
                key_pem = self._vault.open(account.sealed_key, self.name) if account else new_account_key()
                client = AcmeClient(
                    self.name,
                    key_pem,
                    clock=self._clock,
                    account_url=account.url if account else None,
                    ca_file=self._settings.ca_file,
                )
                try:
                    if account is None:
                        await self._register(client, key_pem)
                except BaseException:
                    await client.close()
                    raise
                self._client, self._key_pem = client, key_pem
            return self._client

    async def _register(self, client: AcmeClient, key_pem: bytes) -> None:
        record = await client.register(contact=self._settings.contact, agree_terms=self._settings.agree_terms)
        sealed = self._vault.seal(key_pem, self.name)
        account = Account(self.name, record.url, self._settings.contact, sealed)
        await self._store.write(acme_state.put_account, account, self._clock())
        log.info("registered with the CA", extra={"ca": self.name})


def _says_nothing_of_the_order(error: AcmeProblem) -> bool:
    """The account is lost or the CA is busy; any other refusal to show an order means that it is gone."""
    return isinstance(error, AccountLost) or error.status == TOO_MANY_REQUESTS or error.status >= SERVER_ERROR


def _challenge_results(
    db: sqlite3.Connection, hostname: Hostname
) -> tuple[dict[str, Result], dict[str, Result]]:
    """What proved this name, and what proved any."""
    return challenge_results.of(db, hostname), challenge_results.of(db, challenge_results.ANYWHERE)


async def _deactivate(client: AcmeClient, pending: PendingOrder) -> None:
    try:
        order = await client.fetch_order(pending.url)
        for authorization in await client.authorizations(order):
            if authorization.status is AuthorizationStatus.PENDING:
                await client.deactivate_authorization(authorization.url)
                log.info("authorization deactivated", extra={"hostname": pending.hostname})
    except AcmeError as error:
        # It ends by itself, days later.
        log.info("authorizations stay", extra={"hostname": pending.hostname, "detail": str(error)})


def _unproven(authorization: Authorization, kind: str) -> NotIssued:
    """What the CA did not find; from its further places in the world (CA/Browser Forum BR 3.2.2.9), told apart."""
    problem = authorization.problem
    detail = str(problem or "the CA gave no reason")
    if SECONDARY in detail.lower():
        return NotIssued("ca:perspectives", detail, unproven=True, challenge=kind)
    code = problem.code if problem else "authorization_" + authorization.status.value
    unreached = kind if code in UNREACHED else ""
    return NotIssued(f"ca:{code}", detail, unproven=True, challenge=unreached)


def _not_issued(error: AcmeError | SealBroken) -> NotIssued:
    match error:
        case AcmeProblem():
            wait = timedelta(seconds=error.retry_after) if error.retry_after else None
            return NotIssued(f"ca:{error.code}", str(error.problem), wait)
        case AcmeUnreachable():
            return NotIssued(UNREACHABLE, str(error))
        case AcmeTimeout():
            return NotIssued("ca:timeout", str(error))
        case AcmeError():
            return NotIssued("ca:malformed", str(error))
        case SealBroken():
            return NotIssued("account_sealed", str(error))
