"""Transport: signed requests over one kept connection, with a pool of nonces (RFC 8555 6.2 to 6.7)."""

import asyncio
import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from edge.tls.acme.errors import AccountLost, AcmeMalformed, AcmeProblem, AcmeUnreachable
from edge.tls.acme.problem import Problem, parse_problem
from edge.tls.acme.retry_after import parse_retry_after
from store.instants import Clock

BAD_NONCE_RETRIES = 10
MAX_BODY = 1 << 20
MAX_NONCES = 32
_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
_KEEP_ALIVE_SECONDS = 30
_CLIENT_ERROR = 400
_NONCE = re.compile(r"[A-Za-z0-9_-]+\Z")


class Signs(Protocol):
    """What the transport needs of a Signer, which it must not import (see signature.py)."""

    def sign(self, url: str, nonce: str, payload: dict[str, object] | None, kid: str | None) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that is no refusal."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    retry_after: float | None

    @property
    def location(self) -> str | None:
        return self.headers.get("Location")

    def document(self) -> dict[str, object]:
        """The body as a JSON object."""
        found = _json(self.body)
        if not isinstance(found, dict):
            raise AcmeMalformed("the CA's answer is not a JSON object")
        return found


class Transport:
    """Sends; keeps nonces and, unless one was given, its own session."""

    def __init__(self, clock: Clock, session: aiohttp.ClientSession | None = None, ca_file: str = "") -> None:
        self._clock = clock
        self._session = session
        self._owns_session = session is None
        self._ca_file = ca_file
        # Newest last and taken first: after a rest the old ones may be stale, and the fresh one that comes
        # with badNonce must be the one of the next try.
        self._nonces: list[str] = []

    async def get(self, url: str) -> Answer:
        """An unsigned GET: the directory and renewal information."""
        return self._checked(await self._exchange("GET", url))

    async def post(
        self, url: str, payload: dict[str, object] | None, signer: Signs, kid: str | None, new_nonce_url: str
    ) -> Answer:
        """A signed POST, or with no payload a POST-as-GET; a rejected nonce is followed by another."""
        for tries_left in range(BAD_NONCE_RETRIES, -1, -1):
            nonce = self._nonces.pop() if self._nonces else await self._new_nonce(new_nonce_url)
            data = signer.sign(url, nonce, payload, kid)
            answer = await self._exchange("POST", url, data)
            try:
                return self._checked(answer)
            except AcmeProblem as refused:
                if refused.code != "badNonce" or not tries_left:
                    raise
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Close the session, if it is our own."""
        if self._owns_session and self._session:
            await self._session.close()
            self._session = None

    async def _new_nonce(self, url: str) -> str:
        self._checked(await self._exchange("HEAD", url))
        if not self._nonces:
            raise AcmeMalformed("the CA gave no nonce")
        return self._nonces.pop()

    async def _exchange(self, method: str, url: str, data: bytes | None = None) -> Answer:
        """One request. A kept connection that the CA closed meanwhile is tried once more: if the first try
        was heard after all, its nonce is used up and the second is refused with badNonce."""
        try:
            try:
                return await self._send(method, url, data)
            except aiohttp.ClientConnectorError:
                raise
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                return await self._send(method, url, data)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise AcmeUnreachable(f"no answer from {url}: {reason}") from error

    async def _send(self, method: str, url: str, data: bytes | None) -> Answer:
        session = self._session or await self._open()
        headers = {"Content-Type": "application/jose+json"} if data is not None else {}
        async with session.request(
            method, url, data=data, headers=headers, timeout=_TIMEOUT, allow_redirects=method != "POST"
        ) as response:
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > MAX_BODY:
                    raise AcmeMalformed(f"the CA's answer is longer than {MAX_BODY} bytes")
            self._keep_nonce(response.headers.get("Replay-Nonce", ""))
            retry_after = parse_retry_after(response.headers.get("Retry-After"), self._clock())
            return Answer(response.status, response.headers, bytes(body), retry_after)

    def _keep_nonce(self, nonce: str) -> None:
        if _NONCE.match(nonce):  # others are to be ignored (RFC 8555 6.5.1)
            self._nonces.append(nonce)
            del self._nonces[:-MAX_NONCES]

    def _checked(self, answer: Answer) -> Answer:
        if answer.status < _CLIENT_ERROR:
            return answer
        problem = parse_problem(_json(answer.body)) or _unexplained(answer)
        kind = AccountLost if problem.code == "accountDoesNotExist" else AcmeProblem
        raise kind(problem, answer.status, answer.retry_after)

    async def _open(self) -> aiohttp.ClientSession:
        # Reading the system's roots takes tens of milliseconds.
        context = await asyncio.to_thread(_trust, self._ca_file)
        if self._session is None:
            connector = aiohttp.TCPConnector(ssl=context, keepalive_timeout=_KEEP_ALIVE_SECONDS)
            self._session = aiohttp.ClientSession(connector=connector, headers={"User-Agent": "brassplate"})
        return self._session


def _trust(ca_file: str) -> ssl.SSLContext:
    """The system's roots, and one more for a CA such as Pebble."""
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:
            raise OSError(f"ca_file {ca_file}: {error}") from error
    return context


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _unexplained(answer: Answer) -> Problem:
    """A refusal without a problem document, such as a load balancer's 503 page."""
    words = " ".join(answer.body[:200].decode(errors="replace").split())
    return Problem("about:blank", words or f"HTTP {answer.status} without a reason")
