"""MailServer: aiosmtpd on a loopback port: a real SMTP server, whose answers a test can script."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.fakes.self_signed import self_signed

USER, PASSWORD = "brassplate", "s3cret/with@signs"


@dataclass
class Received:
    """One message as the server took it."""

    sender: str
    recipient: str
    mail_options: list[str]
    content: bytes
    encrypted: bool
    user: str

    @property
    def mail(self) -> EmailMessage:
        return BytesParser(policy=policy.default).parsebytes(self.content)


@dataclass
class MailServer:
    """What came in; `on_recipient` and `on_data` give the answer to each, None: the usual one."""

    port: int = 0
    root_file: Path | None = None
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    on_recipient: Callable[[str], str | None] = lambda _: None
    on_data: Callable[[str], str | None] = lambda _: None
    hangs: bool = False
    drops: int = 0
    """So many connections are closed in the middle of DATA."""

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.on_recipient(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hangs:
            await asyncio.sleep(3600)
        if self.drops:
            self.drops -= 1
            _abort(server)
            return "250 nobody hears"
        address = envelope.rcpt_tos[0]
        if answer := self.on_data(address):
            return answer
        assert isinstance(envelope.content, bytes)
        login = session.auth_data
        user = login.login.decode() if isinstance(login, LoginPassword) else ""
        self.received.append(
            Received(
                envelope.mail_from or "",
                address,
                envelope.mail_options,
                envelope.content,
                server.transport is not None and server.transport.get_extra_info("sslcontext") is not None,
                user,
            )
        )
        return "250 taken"


class _Counted(SMTP):
    """Counts its connections, and closes them with the server."""

    def __init__(self, peer: MailServer, open_ones: set[SMTP], **options: object):
        super().__init__(peer, hostname="mx.test", **options)  # type: ignore[arg-type]
        self._peer, self._open = peer, open_ones

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.transport is None:  # not the second call, after STARTTLS
            self._peer.connections += 1
        self._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._open.discard(self)
        super().connection_lost(error)


@asynccontextmanager
async def mail_server(
    folder: Path,
    *,
    tls: str = "",
    login: bool = False,
    utf8: bool = True,
    name: str = "localhost",
    port: int = 0,
) -> AsyncIterator[MailServer]:
    """A server; `tls` is "", "starttls" (required) or "implicit"; with `login` it takes mail of `USER` only."""
    peer, open_ones = MailServer(), set[SMTP]()
    context = None
    if tls:
        context, peer.root_file = _tls(folder, name)
    options: dict[str, object] = {"enable_SMTPUTF8": utf8}
    if tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if login:
        options |= {
            "authenticator": _authenticated,
            "auth_required": True,
            "auth_require_tls": tls == "starttls",
        }
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _quietly(peer, open_ones, options | {"loop": loop}),
        "127.0.0.1",
        port,
        ssl=context if tls == "implicit" else None,
    )
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        for connection in list(open_ones):
            _abort(connection)
            if connection._handler_coroutine:
                connection._handler_coroutine.cancel()
        await server.wait_closed()
        await asyncio.sleep(0)


def _abort(connection: SMTP) -> None:
    if connection.transport:
        assert isinstance(connection.transport, asyncio.Transport)
        connection.transport.abort()


def _quietly(peer: MailServer, open_ones: set[SMTP], options: dict[str, object]) -> SMTP:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a login without STARTTLS: implicit TLS is none in its eyes
        return _Counted(peer, open_ones, **options)


def _authenticated(
    _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=good, handled=False, auth_data=data)


def _tls(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    chain, key = self_signed(name)
    (folder / "mx.pem").write_bytes(chain)
    (folder / "mx.key").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "mx.pem", folder / "mx.key")
    return context, folder / "mx.pem"
