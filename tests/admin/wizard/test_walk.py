"""The wizard from a switched-off portal to a live one, as an admin walks it."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from admin.wizard import looks
from store import audit, domains, organisations, titles
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from store.issuance import CertificateState
from tests.fakes.admin_console import HOST, NO_RECORD, NOT_SERVED, OK, Browser, Console

PAGE = "/organisations/acme/settings/customer-access"


async def reach_record(admin: Browser, name: str = HOST) -> None:
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    await admin.post(f"{PAGE}/domain", hostname=name)


async def status(admin: Browser) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((await admin.get(f"{PAGE}/status")).text)
    return answer


async def test_portal_goes_live_step_by_step(console: Console, admin: Browser) -> None:
    assert (await admin.get(PAGE)).heading == "Open a portal for your customers"
    assert (await admin.post(f"{PAGE}/portal", enabled="1")).location == PAGE
    assert (await admin.get(PAGE)).heading == "Choose the address of your portal"
    assert (await admin.post(f"{PAGE}/domain", hostname=HOST)).location == PAGE
    assert console.edge.completed == [HOST]
    record = await admin.get(PAGE)
    assert "Add one record to the DNS of" in record.text
    target = await console.store.read(titles.own_target, 1, Hostname("customers.provider.example"))
    for value in ("CNAME", "billing", HOST, target):
        assert "<textarea readonly" in record.text and f">{value}</textarea>" in record.text

    console.edge.diagnosis = OK
    assert (await admin.post(f"{PAGE}/domain/check")).location == f"{PAGE}#state"
    assert console.edge.completed == [HOST, HOST]
    await console.issues(CertificateState.ORDERED)
    assert "this takes about ten seconds" in (await admin.get(PAGE)).text
    await console.issues(CertificateState.ISSUED)
    assert [part["word"] for part in (await status(admin))["parts"]] == [
        "Leads here",
        "Issued",
        "Being opened",
    ]
    await console.proves()
    live = await admin.get(PAGE)
    assert live.heading == f"Your portal is live at {HOST}."
    assert f'href="https://{HOST}/"' in live.text


async def test_live_is_not_said_before_the_proof(console: Console, admin: Browser) -> None:
    await reach_record(admin)
    await console.sees(OK)
    await console.issues(CertificateState.ISSUED)
    assert (await status(admin))["step"] == "complete"
    assert "Your portal is live" not in (await admin.get(PAGE)).text


async def test_restart_halfway_leads_to_the_same_step(console: Console, admin: Browser) -> None:
    await reach_record(admin)
    await admin.post(f"{PAGE}/domain/complete")
    await console.sees(OK)
    await console.issues(CertificateState.ORDERED)
    before = await status(admin)
    async with console.started() as again:
        again.cookies = dict(admin.cookies)
        assert await status(again) == before
        console.passes(minutes=4)
        stalled = await again.get(PAGE)
        assert "check again to go on" in stalled.text
        await again.post(f"{PAGE}/domain/complete")
    assert console.edge.completed == [HOST, HOST, HOST]


async def test_back_from_the_record_frees_the_name(console: Console, admin: Browser) -> None:
    await reach_record(admin)
    assert (await admin.post(f"{PAGE}/domain/remove")).location == PAGE
    assert (await admin.get(PAGE)).heading == "Choose the address of your portal"
    assert await console.store.read(domains.by_hostname, HOST) is None
    await admin.post(f"{PAGE}/domain", hostname="portal.mycompany.com")
    assert "portal.mycompany.com" in (await admin.get(PAGE)).text


async def test_back_from_the_choice_switches_off(console: Console, admin: Browser) -> None:
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    await admin.post(f"{PAGE}/portal", enabled="0")
    assert (await admin.get(PAGE)).heading == "Open a portal for your customers"


async def test_live_name_is_not_freed_by_back(console: Console, admin: Browser) -> None:
    await reach_record(admin)
    await console.sees(OK)
    await console.proves()
    await admin.post(f"{PAGE}/domain/remove")
    assert await console.store.read(domains.by_hostname, HOST) is not None


async def test_failed_proof_is_shown_as_ours_to_mend(console: Console, admin: Browser) -> None:
    await reach_record(admin)
    await admin.post(f"{PAGE}/domain/complete")
    console.passes(seconds=4)
    await console.issues(CertificateState.ISSUED)
    await console.sees(NOT_SERVED)
    page = await admin.get(PAGE)
    assert "could not open your portal by its name" in page.text
    assert "203.0.113.9 timed out" in page.text


async def test_failed_issuance_says_what_happened_and_when_again(console: Console, admin: Browser) -> None:
    await reach_record(admin)
    await admin.post(f"{PAGE}/domain/complete")
    await console.sees(OK)
    console.passes(seconds=10)
    retry_at = console.now.replace(minute=30)
    await console.issues(CertificateState.FAILED, "ca:rateLimited", "too many certificates", retry_at)
    page = await admin.get(PAGE)
    assert "that number is reached" in page.text
    assert "too many certificates" in page.text
    assert "22 Nov 2026, 12:30:10" in page.text.replace("\N{NO-BREAK SPACE}", " ")


async def test_wrong_record_leads_back_to_the_record_with_a_verdict(console: Console, admin: Browser) -> None:
    await reach_record(admin)
    await admin.post(f"{PAGE}/domain/complete")
    wrong = Diagnosis("cname_elsewhere", Routing.WRONG, "CNAME old.host.example", "x", "Change it.", OK.actor)
    await console.sees(wrong)
    page = await admin.get(PAGE)
    assert page.heading == "We see a record, but it does not lead here."
    assert "CNAME old.host.example" in page.text
    console.edge.diagnosis = OK
    console.passes(seconds=30)
    await admin.post(f"{PAGE}/domain/check")
    assert "Your certificate is being issued" in (await admin.get(PAGE)).text


async def test_who_is_reached_and_how_long_caches_last_stand_beside_the_verdict(
    console: Console, admin: Browser
) -> None:
    await reach_record(admin)
    ours = Diagnosis("address_elsewhere", Routing.WRONG, "x", "y", "Mend it.", Actor.US)
    later = console.now + timedelta(minutes=4)
    ours = replace(ours, support="help@provider.example", cached_until=later, next_check_at=later)
    await console.sees(ours)
    page = await admin.get(PAGE)
    assert '(<a href="mailto:help@provider.example">help@provider.example</a>)' in page.text
    assert "Caches forget" in page.text and "We look again by ourselves" in page.text
    host = replace(ours, actor=Actor.DNS_HOST, support="", dns_host="Cloudflare")
    await console.sees(host)
    assert "Your DNS host (Cloudflare)" in (await admin.get(PAGE)).text


@pytest.mark.parametrize(
    ("found", "cause"), [(NOT_SERVED, ""), (OK, "limit:consecutive_failures")], ids=["diagnosis", "cause"]
)
async def test_where_we_are_reached_stands_beside_what_we_must_do(
    console: Console, admin: Browser, found: Diagnosis, cause: str
) -> None:
    await reach_record(admin)
    await console.sees(found)
    await console.issues(CertificateState.FAILED if cause else CertificateState.ISSUED, cause)
    console.passes(seconds=10)
    assert 'Us (<a href="mailto:help@provider.example">' in (await admin.get(PAGE)).text


async def test_page_under_way_refreshes_without_javascript(console: Console, admin: Browser) -> None:
    await reach_record(admin)
    await admin.post(f"{PAGE}/domain/complete")
    page = await admin.get(PAGE)
    assert f'<noscript><meta http-equiv="refresh" content="3; url={PAGE}"></noscript>' in page.text
    assert f'data-events="{PAGE}/events" data-status="{PAGE}/status"' in page.text


async def test_second_press_joins_the_job_and_does_not_restart_the_wait(
    console: Console, admin: Browser
) -> None:
    await reach_record(admin)
    await admin.post(f"{PAGE}/domain/complete")
    console.passes(seconds=10)
    await admin.post(f"{PAGE}/domain/complete")
    acme = await console.store.read(organisations.by_slug, "acme")
    assert acme
    entries = await console.store.read(audit.of_organisation, acme.id)
    assert [entry.action for entry in entries].count("domain.completion_asked") == 1
    assert console.edge.completed == [HOST, HOST, HOST]


async def test_many_presses_at_once_are_one_look(
    console: Console, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "APART", timedelta(seconds=0.5))
    await reach_record(admin)
    await console.sees(NO_RECORD)
    await asyncio.gather(*(admin.post(f"{PAGE}/domain/check") for _ in range(5)))
    assert console.edge.checked == [HOST]


async def test_press_soon_after_a_look_waits_and_looks_again(
    console: Console, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "APART", timedelta(seconds=0.2))
    await reach_record(admin)
    await admin.post(f"{PAGE}/domain/check")
    before = asyncio.get_running_loop().time()
    await admin.post(f"{PAGE}/domain/check")
    assert asyncio.get_running_loop().time() - before >= 0.2
    assert console.edge.checked == [HOST, HOST]


async def test_each_deed_is_in_the_audit(console: Console, admin: Browser) -> None:
    await reach_record(admin)
    console.edge.diagnosis = NO_RECORD
    await admin.post(f"{PAGE}/domain/check")
    await admin.post(f"{PAGE}/domain/remove")
    await admin.post(f"{PAGE}/portal", enabled="0")
    acme = await console.store.read(organisations.by_slug, "acme")
    assert acme
    entries = await console.store.read(audit.of_organisation, acme.id)
    assert [(entry.action, entry.object) for entry in reversed(entries)] == [
        ("staff.signed_in", "staff:1"),
        ("portal.enabled", "acme"),
        ("domain.added", HOST),
        ("domain.checked", HOST),
        ("domain.removed", HOST),
        ("portal.disabled", "acme"),
    ]
    assert {entry.actor for entry in entries} == {"staff:1"}
    assert {entry.address for entry in entries} == {"127.0.0.1"}
