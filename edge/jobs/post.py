"""Post: hands messages to the relay over one connection, and says what the relay answered.

What the relay refuses for good (5xx to the recipient or the message) is `Refused`. What it puts off, and what keeps
us from the relay at all, is tried again: a password that is wrong today is right tomorrow.
"""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib
from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from edge.jobs.mime import Envelope
from edge.relay import Relay, Security
from portal.mail.plain import MAX_WORDS, one_line

ANSWER_SECONDS = 30.0
"""For the connection, and for each answer."""
MESSAGE_SECONDS = 180.0
"""For one message in all, whatever the relay does."""
QUIT_SECONDS = 2.0
_FOR_GOOD = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """The relay has it, and answers for it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The relay, or the server behind it, will never take it."""

    words: str


@dataclass(frozen=True, slots=True)
class PutOff:
    """Not now; `relay_trouble` when the relay itself is what fails, so that no other message fares better."""

    words: str
    relay_trouble: bool


Outcome = Taken | Refused | PutOff


class Post:
    """One connection at most, kept while there is mail to send."""

    def __init__(
        self,
        relay: Relay,
        *,
        our_name: str,
        ca_file: Path | None = None,
        answer_seconds: float = ANSWER_SECONDS,
        message_seconds: float = MESSAGE_SECONDS,
    ):
        self._relay = relay
        self._our_name = our_name
        self._tls = _tls(relay.security, ca_file)
        self._answer_seconds = answer_seconds
        self._message_seconds = message_seconds
        self._client: SMTP | None = None

    async def send(self, envelope: Envelope) -> Outcome:
        """Give one message to the relay; a connection that went stale meanwhile is made anew, once."""
        try:
            async with asyncio.timeout(self._message_seconds):
                if self._client and self._client.is_connected and (outcome := await self._reused(envelope)):
                    return outcome
                return await self._handed_over(await self._connected(), envelope)
        except asyncio.CancelledError:  # in the middle of a message there is nothing to say goodbye to
            self._drop()
            raise
        except TimeoutError:  # also aiosmtplib's own: it does not answer
            self._drop()
            return PutOff(f"{self._relay.host} did not answer in time", relay_trouble=True)
        except (SMTPException, OSError) as error:
            self._drop()
            return PutOff(f"{self._relay.host}: {_words(error)}", relay_trouble=True)

    async def fault(self) -> str:
        """Why the relay would take nothing from us, in words; empty: it would."""
        try:
            async with asyncio.timeout(self._answer_seconds):
                _ = await self._connected()
        except TimeoutError:
            self._drop()
            return "it did not answer in time"
        except (SMTPException, OSError) as error:
            self._drop()
            return _words(error)
        await self.close()
        return ""

    async def close(self) -> None:
        """Say goodbye, but do not wait long for an answer."""
        client, self._client = self._client, None
        if client and client.is_connected:
            with suppress(SMTPException, OSError, TimeoutError):
                await client.quit(timeout=QUIT_SECONDS)
        if client:
            client.close()

    async def _reused(self, envelope: Envelope) -> Outcome | None:
        """The outcome over the connection that stands; None when it had gone before the message was begun."""
        assert self._client
        try:
            await self._client.noop()
        except (SMTPException, OSError):
            self._drop()
            return None
        return await self._handed_over(self._client, envelope)

    async def _connected(self) -> SMTP:
        relay = self._relay
        self._drop()
        self._client = SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.user or None,
            password=relay.password or None,
            local_hostname=self._our_name,
            timeout=self._answer_seconds,
            use_tls=relay.security is Security.TLS,
            start_tls={Security.STARTTLS: True, Security.TLS: False, Security.WHERE_OFFERED: None}[
                relay.security
            ],
            tls_context=self._tls,
        )
        await self._client.connect()
        if self._client.is_ehlo_or_helo_needed:
            with suppress(SMTPHeloError):  # of an old server, which HELO will do for
                await self._client.ehlo()
        return self._client

    async def _handed_over(self, client: SMTP, envelope: Envelope) -> Outcome:
        if envelope.needs_utf8 and not client.supports_extension("smtputf8"):
            return Refused(f"{self._relay.host} takes no address with letters beyond ASCII before its @")
        encoding = "utf-8" if envelope.needs_utf8 else "ascii"
        options, recipient_options = _options(client, envelope)
        try:
            await client.mail(envelope.sender, options=options, encoding=encoding)
            await client.rcpt(envelope.recipient, options=recipient_options, encoding=encoding)
            await client.data(envelope.body)
        except (SMTPRecipientRefused, SMTPDataError) as error:
            await self._begin_anew(client)
            words = _words(error)
            return Refused(words) if error.code >= _FOR_GOOD else PutOff(words, relay_trouble=False)
        except SMTPResponseException as error:  # the sender: a setting may mend it
            await self._begin_anew(client)
            return PutOff(_words(error), relay_trouble=False)
        return Taken()

    async def _begin_anew(self, client: SMTP) -> None:
        if client.is_connected:
            try:
                await client.rset()
            except (SMTPException, OSError):
                self._drop()

    def _drop(self) -> None:
        if self._client:
            self._client.close()
            self._client = None


def _options(client: SMTP, envelope: Envelope) -> tuple[list[str], list[str]]:
    """What the relay is asked: a short notice with the name of the message where it cannot be delivered."""
    options = ["SMTPUTF8"] if envelope.needs_utf8 else []
    if client.supports_extension("size"):
        options.append(f"SIZE={len(envelope.body)}")
    if not client.supports_extension("dsn"):
        return options, []
    return [*options, "RET=HDRS", f"ENVID={envelope.message_id}"], ["NOTIFY=FAILURE"]


def _tls(security: Security, ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    if security is Security.WHERE_OFFERED:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _words(error: BaseException) -> str:
    """The other side's own words, on one line."""
    if isinstance(error, SMTPServerDisconnected):
        return "the connection was lost"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return one_line(f"{error.code} {error.message}", MAX_WORDS)
    return one_line(str(error) or type(error).__name__, MAX_WORDS)
