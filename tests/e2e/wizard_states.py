"""Wizard states: every state in which the wizard's pages can be met, each as facts and the page that shows it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from store import domain_history, domains
from store.diagnosis import Actor, Diagnosis, Routing
from store.dns_answers import Answer, Outcome, Record, Survey, View
from store.hostname import Hostname
from store.issuance import CertificateState
from tests.admin.dns_status.test_link import mailed
from tests.admin.wizard.test_walk import PAGE, reach_record
from tests.fakes.admin_console import HOST, NOT_SERVED, OK, Browser, Console

State = Callable[[Console, Browser], Awaitable[str]]
"""Brings it about; the path of the page that shows it."""

TARGET = "customers.provider.example"
NO_RECORD = Diagnosis(
    "no_record",
    Routing.PENDING,
    "No record yet; the DNS of mycompany.com is kept at Cloudflare",
    f"{HOST} CNAME {TARGET}",
    f"Add a CNAME record for {HOST} with the target {TARGET}.",
    Actor.YOU,
    dns_host="Cloudflare",
)
WRONG = replace(
    NO_RECORD,
    code="cname_elsewhere",
    routing=Routing.WRONG,
    seen="CNAME portal.old-supplier.example",
    action=f"Change the target of the CNAME record of {HOST} to {TARGET}.",
    dns_host="IONOS",
)
PROXIED = replace(
    NO_RECORD,
    code="proxied",
    routing=Routing.PROXIED,
    seen="The addresses 104.21.7.9, 172.67.3.4 are of Cloudflare: the record is proxied",
    action="Set the record to “DNS only” (the grey cloud).",
)
UNASKED = replace(
    NO_RECORD,
    code="could_not_ask",
    seen="A billing.mycompany.com: 203.0.113.53: no answer in time",
    action="Nothing to do: we could not ask just now and will ask again.",
    actor=Actor.NOBODY,
)
CAA = replace(
    OK,
    code="caa_forbids",
    seen='mycompany.com CAA 0 issue "digicert.com": our certificate authority is not named',
    expected="CAA records that permit our certificate authority, or none",
    action='Add the record mycompany.com CAA 0 issue "letsencrypt.org"',
    actor=Actor.YOU,
)
FAILS = replace(
    NO_RECORD,
    code="servers_fail",
    seen="ns1.slow-dns.example: SERVFAIL for A billing.mycompany.com",
    action="Ask your DNS host (Krystal) why its servers fail.",
    actor=Actor.DNS_HOST,
    dns_host="Krystal",
)
MOVED = replace(WRONG, code="moved", routing=Routing.MOVED, seen="This live name no longer leads to us.")


def seen(found: Diagnosis, **span: float) -> State:
    """The record step with this found; caches hold the old state for so long."""

    async def bring(console: Console, admin: Browser) -> str:
        await reach_record(admin)
        until = console.now + timedelta(**span) if span else None
        await console.sees(replace(found, cached_until=until, next_check_at=until))
        return PAGE

    return bring


def issuing(state: CertificateState, found: Diagnosis = OK, waited: float = 0, **more: object) -> State:
    """The certificate step in this state."""

    async def bring(console: Console, admin: Browser) -> str:
        await reach_record(admin)
        await console.sees(found)
        await console.issues(state, **more)  # type: ignore[arg-type]
        console.passes(seconds=waited)
        return PAGE

    return bring


async def never_looked(console: Console, admin: Browser) -> str:
    await reach_record(admin)
    return PAGE


async def switched_off(console: Console, admin: Browser) -> str:
    await admin.get(PAGE)
    return PAGE


async def choosing(console: Console, admin: Browser) -> str:
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    return PAGE


async def apex(console: Console, admin: Browser) -> str:
    await choosing(console, admin)
    await admin.post(f"{PAGE}/domain", hostname="mybillingportal.com", way="whole")
    found = replace(NO_RECORD, code="apex", dns_host="Namecheap", expected="A/AAAA 203.0.113.9, 2001:db8::9")
    await console.sees(found, Hostname("mybillingportal.com"))
    return PAGE


async def failed(console: Console, admin: Browser) -> str:
    retry_at = console.now + timedelta(minutes=42)
    words = "too many certificates already issued for mycompany.com: see the CA’s page on rate limits"
    return await issuing(
        CertificateState.FAILED, cause="ca:rateLimited", detail=words, retry_at=retry_at, waited=10
    )(console, admin)


async def live(console: Console, admin: Browser) -> str:
    await issuing(CertificateState.ISSUED)(console, admin)
    await console.certifies()
    await console.proves()
    return PAGE


async def branding(console: Console, admin: Browser) -> str:
    await live(console, admin)
    return "/organisations/acme/branding"


async def user_access(console: Console, admin: Browser) -> str:
    await live(console, admin)
    return "/organisations/acme/customers"


async def moved(console: Console, admin: Browser) -> str:
    await live(console, admin)
    await console.loses(MOVED)
    return PAGE


async def opening_ours(console: Console, admin: Browser) -> str:
    await choosing(console, admin)
    await admin.post(f"{PAGE}/domain", way="ours", hostname="")
    return PAGE


async def sent(console: Console, admin: Browser) -> str:
    await seen(NO_RECORD)(console, admin)
    await mailed(console, admin)
    return f"{PAGE}?mailed=1"


async def by_link(console: Console, admin: Browser) -> str:
    await seen(WRONG, minutes=4)(console, admin)
    return await mailed(console, admin)


async def by_link_live(console: Console, admin: Browser) -> str:
    path = await by_link(console, admin)
    await console.sees(OK)
    await console.issues(CertificateState.ISSUED)
    await console.proves()
    return path


async def by_link_over(console: Console, admin: Browser) -> str:
    return f"/dns-status/{'x' * 43}"


async def answers(console: Console, admin: Browser) -> str:
    await seen(WRONG)(console, admin)
    at = console.now
    alias = Record(HOST, "CNAME", "portal.old-supplier.example", 3600)
    given = (
        Answer(View.ZONE, "198.51.100.53", HOST, "A", Outcome.RECORDS, at, (alias,), milliseconds=12.4),
        Answer(View.ZONE, "198.51.100.54", HOST, "A", Outcome.TIMEOUT, at, transport="tcp"),
        Answer(View.PUBLIC, "8.8.8.8", HOST, "A", Outcome.NXDOMAIN, at, negative_ttl=900, milliseconds=8.1),
        Answer(
            View.OURS, "192.0.2.53", HOST, "AAAA", Outcome.NOT_ASKED, at, detail="it gave no answer before"
        ),
    )
    survey = Survey(at, "mycompany.com", ("ns1.slow-dns.example", "ns2.slow-dns.example"), given)
    await console.store.write(domains.set_diagnosis, HOST, WRONG, at, survey)
    assert await console.store.read(domain_history.last_survey, HOST) == survey
    return f"{PAGE}/answers"


STATES: dict[str, State] = {
    "switched off": switched_off,
    "choosing": choosing,
    "never looked": never_looked,
    "no record": seen(NO_RECORD, minutes=14),
    "no record and a host we do not know": seen(replace(NO_RECORD, dns_host="slow-dns.example")),
    "wrong": seen(WRONG, minutes=55),
    "proxied": seen(PROXIED),
    "could not ask": seen(UNASKED),
    "servers fail": seen(FAILS),
    "whole domain": apex,
    "caa": issuing(CertificateState.NONE, CAA),
    "ordered": issuing(CertificateState.ORDERED),
    "ordered, slow": issuing(CertificateState.ORDERED, waited=60),
    "being opened": issuing(CertificateState.ISSUED),
    "stalled": issuing(CertificateState.ISSUED, waited=600),
    "failed": failed,
    "not served": issuing(CertificateState.ISSUED, NOT_SERVED),
    "live": live,
    "branding": branding,
    "user access": user_access,
    "moved": moved,
    "opening ours": opening_ours,
    "mail sent": sent,
    "raw answers": answers,
    "by link": by_link,
    "by link, live": by_link_live,
    "by link, over": by_link_over,
}
