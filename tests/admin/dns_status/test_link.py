"""The mailed link: whoever has it sees one name's records and state and may have it looked at, and nothing else."""

import re
from datetime import timedelta

import pytest

from admin.wizard import looks
from store import audit, domains, organisations, outbox
from store.issuance import CertificateState
from store.outbox import Queued
from tests.admin.wizard.test_streams import opened
from tests.admin.wizard.test_walk import PAGE, reach_record
from tests.fakes.admin_console import HOST, NO_RECORD, OK, Browser, Console

IT = "it@mycompany.com"


@pytest.fixture
async def recording(admin: Browser) -> Browser:
    await reach_record(admin)
    return admin


async def mails(console: Console) -> list[Queued]:
    acme = await console.store.read(organisations.by_slug, "acme")
    assert acme
    ids = await console.store.read(
        lambda db: [row["id"] for row in db.execute("SELECT id FROM outbox ORDER BY id")]
    )
    found = [await console.store.read(outbox.find, acme.id, each) for each in ids]
    return [each for each in found if each]


async def mailed(console: Console, browser: Browser) -> str:
    """The path of the link, as it stands in the mail."""
    await browser.get(PAGE)
    sent = await browser.post(f"{PAGE}/domain/mail", email=IT)
    assert (sent.status, sent.location) == (303, f"{PAGE}?mailed=1#mail")
    (queued,) = await mails(console)
    found = re.search(r"https://admin\.provider\.example(/dns-status/[\w-]{43})\s", queued.message.text)
    assert found
    return found[1]


async def test_mail_has_the_records_and_the_link_in_both_bodies(console: Console, recording: Browser) -> None:
    path = await mailed(console, recording)
    (queued,) = await mails(console)
    message = queued.message
    assert (message.recipient, message.subject) == (IT, f"A DNS record for {HOST}")
    assert message.secret == path.removeprefix("/dns-status/")
    for body in (message.text, message.html):
        for value in ("Acme", "CNAME", "billing", HOST, "customers.provider.example", path):
            assert value in body
    acme = await console.store.read(organisations.by_slug, "acme")
    assert acme
    (entry, *_) = await console.store.read(audit.of_organisation, acme.id)
    assert (entry.action, entry.object, entry.detail) == ("domain.records_mailed", HOST, {"to": IT})
    page = (await recording.get(f"{PAGE}?mailed=1")).text
    assert "The mail is on its way" in page and IT in page


async def test_link_shows_records_and_state_without_a_sign_in_and_nothing_of_the_organisation(
    console: Console, recording: Browser
) -> None:
    path = await mailed(console, recording)
    await console.sees(NO_RECORD)
    stranger = Browser(recording.client)
    page = await stranger.get(path)
    assert page.status == 200
    target = ".customers.provider.example</textarea>"
    for text in (HOST, ">CNAME</textarea>", target, "No record yet", "Check again"):
        assert text in page.text
    for text in ("Acme", "acme", "admin@", IT, "/organisations/", "answers"):
        assert text not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"] and '<meta name="robots" content="noindex">' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert not stranger.cookies


async def test_check_of_the_link_looks_and_goes_on(console: Console, recording: Browser) -> None:
    path = await mailed(console, recording)
    stranger = Browser(recording.client)
    console.edge.diagnosis = OK
    done = await stranger.post(f"{path}/check")
    assert (done.status, done.location) == (303, f"{path}#state")
    assert console.edge.checked == [HOST]
    assert console.edge.completed == [HOST, HOST]
    await console.issues(CertificateState.ISSUED)
    assert "Your certificate is issued" in (await stranger.get(path)).text
    await console.proves()
    live = (await stranger.get(path)).text
    assert "Your portal is live" in live and "Check again" not in live and "data-events" not in live


async def test_check_from_another_site_is_refused(console: Console, recording: Browser) -> None:
    path = await mailed(console, recording)
    answer = await recording.send("POST", f"{path}/check", {}, {"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403
    assert console.edge.checked == []


async def test_many_checks_are_slowed(
    console: Console, recording: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "APART", timedelta())
    path = await mailed(console, recording)
    stranger = Browser(recording.client)
    answers = [(await stranger.post(f"{path}/check")).status for _ in range(22)]
    assert answers.count(303) == 20
    refused = await stranger.post(f"{path}/check")
    assert refused.status == 429 and int(refused.headers["Retry-After"]) >= 1
    assert "looked at very often" in refused.text


async def test_link_follows_as_it_changes(console: Console, recording: Browser) -> None:
    path = await mailed(console, recording)
    async with opened(Browser(recording.client), f"{path}/events") as stream:
        await stream.next()
        assert (await stream.next())["data"]["routing"] == "pending"
        assert console.edge.followed == [HOST]
        await console.sees(NO_RECORD)
        assert (await stream.next())["data"]["diagnosis"]["code"] == "no_record"
        await recording.get(PAGE)
        await recording.post(f"{PAGE}/domain/links/1/revoke")
        assert (await stream.next())["event"] == "gone"


@pytest.mark.parametrize("fate", ["unknown", "old", "revoked", "removed", "another's"])
async def test_link_that_is_over_opens_nothing(console: Console, recording: Browser, fate: str) -> None:
    path = await mailed(console, recording)
    match fate:
        case "unknown":
            path = f"/dns-status/{'x' * 43}"
        case "old":
            console.passes(days=30)
        case "revoked":
            await recording.get(PAGE)
            assert (await recording.post(f"{PAGE}/domain/links/1/revoke")).status == 303
        case "removed":
            await console.store.write(domains.remove, HOST, console.now)
        case _:
            beacon = await console.add_organisation("beacon")
            await console.store.write(
                lambda db: db.execute("UPDATE domains SET organisation_id = ?", (beacon.id,))
            )
    stranger = Browser(recording.client)
    page = await stranger.get(path)
    assert page.status == 404 and "This link is over" in page.text and HOST not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert (await stranger.post(f"{path}/check")).status == 404
    assert (await stranger.get(f"{path}/status")).status == 404
    assert (await stranger.get(f"{path}/events")).status == 404
    assert console.edge.checked == []


async def test_link_of_another_organisation_is_not_taken_back(console: Console, recording: Browser) -> None:
    path = await mailed(console, recording)
    await console.add_organisation("beacon")
    async with console.started() as other:
        await other.sign_in("admin@beacon.example")
        await other.get("/organisations/beacon")
        theirs = PAGE.replace("acme", "beacon")
        assert (await other.post(f"{theirs}/domain/links/1/revoke")).status == 404
    assert (await Browser(recording.client).get(path)).status == 200


@pytest.mark.parametrize(
    "email", ["", "it", "it@mycompany.com, other@mycompany.com", f"{'x' * 300}@a.example"]
)
async def test_what_is_no_address_is_asked_again(console: Console, recording: Browser, email: str) -> None:
    await recording.get(PAGE)
    answer = await recording.post(f"{PAGE}/domain/mail", email=email)
    assert answer.status == 422
    assert f'value="{email}"' in answer.text
    assert await mails(console) == []


async def test_mails_are_few(console: Console, recording: Browser) -> None:
    await recording.get(PAGE)
    for _ in range(3):
        assert (await recording.post(f"{PAGE}/domain/mail", email=IT)).status == 303
    refused = await recording.post(f"{PAGE}/domain/mail", email=IT.upper())
    assert refused.status == 429 and "Many mails were sent already" in refused.text
    statuses = [
        (await recording.post(f"{PAGE}/domain/mail", email=f"{n}@mycompany.com")).status for n in range(9)
    ]
    assert statuses == [303] * 7 + [429] * 2
    assert len(await mails(console)) == 10
