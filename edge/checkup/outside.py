"""Outside: the CA, the DNS and the mail relay, asked as serve will ask them."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from edge.checkup.finding import Finding, error, warning
from edge.dns.resolver import Resolver
from edge.jobs.post import Post
from edge.settings import Settings

SECONDS, DNS_SECONDS = 10.0, 3.0
CLOCK_OFF = timedelta(minutes=2)
"""Certificates begin an hour in the past; codes for signing in last half a minute."""


async def of_ca(settings: Settings, now: datetime) -> AsyncIterator[Finding]:
    """Whether the CA answers, and what time it is there."""
    trust = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    timeout = aiohttp.ClientTimeout(SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(settings.directory, ssl=trust) as answer,
        ):
            status, date = answer.status, answer.headers.get("Date")
    except (aiohttp.ClientError, TimeoutError, OSError) as failure:
        words = str(failure) or "it does not answer"
        yield error("ca-unreachable", settings.directory, words, "let this machine reach it over HTTPS")
        return
    if status != 200:
        words = f"it answers {status}"
        yield error("ca-unreachable", settings.directory, words, "mend acme.directory, or wait for the CA")
    if date and (off := now - parsedate_to_datetime(date)) and abs(off) > CLOCK_OFF:
        words = f"{abs(off)} {'ahead of' if off > timedelta() else 'behind'} the CA's"
        yield error("clock-off", "this machine's clock", words, "set it by NTP: timedatectl set-ntp true")


async def of_dns(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the resolver answers, and our own names lead to our addresses."""
    resolver = Resolver(settings.resolvers, lifetime_seconds=DNS_SECONDS, try_seconds=DNS_SECONDS / 2)
    where = ", ".join(settings.resolvers) or "the system's resolver"
    answers = await asyncio.gather(resolver.records(".", "NS"), resolver.records(settings.cname_target, "A"))
    if all(answer is None for answer in answers):
        yield error(
            "dns-silent", where, "it does not answer", "mend dns.resolvers, or the firewall before it"
        )
        return
    for name in (settings.cname_target, settings.admin_host):
        found = frozenset(await resolver.addresses(name))
        expected = settings.addresses or found
        if not found:
            yield error(
                "dns-name-missing", name, "it has no A or AAAA record", "brassplate dns-zone prints it"
            )
        elif found - expected:
            words = f"it leads to {', '.join(sorted(found - expected))}, which is none of edge.addresses"
            yield error("dns-name-elsewhere", name, words, "mend the record, or edge.addresses")


async def of_mail(settings: Settings) -> AsyncIterator[Finding]:
    """Whether there is a relay, and it would take mail from us."""
    relay = settings.smtp
    if relay is None:
        yield warning("mail-not-set", "mail.smtp", "no relay is set: mail waits", "set mail.smtp")
        return
    post = Post(relay, our_name=settings.admin_host, ca_file=settings.mail_ca_file, answer_seconds=SECONDS)
    if words := await post.fault():
        yield error("mail-refused", f"{relay.host}:{relay.port}", words, "mend mail.smtp, or the relay")
