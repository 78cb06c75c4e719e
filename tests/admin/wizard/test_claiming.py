"""A name that another organisation has or had: it moves by a TXT record of its DNS, and by nothing else."""

import re

import pytest

from store import audit, claims, domains, outbox_lists, ownership, titles
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.outbox_lists import Filter
from tests.fakes.admin_console import HOST, OK, Answer, Browser, Console

PAGE = "/organisations/acme/settings/customer-access"
TARGET = Hostname("customers.provider.example")
RECORD = ownership.proof_name(HOST)


@pytest.fixture
async def beacon(console: Console) -> int:
    """Another organisation, whose portal is live at the name."""
    added = await console.add_organisation("beacon")
    held = Destination(HOST, Room.PORTAL, added.id, False, (), Confirmation.CNAME, TARGET)
    await console.store.write(domains.add, held, console.now)
    await console.sees(OK)
    await console.proves()
    return added.id


@pytest.fixture
async def claiming(admin: Browser, beacon: int) -> Browser:
    """Acme's admin has chosen that name."""
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    assert (await admin.post(f"{PAGE}/domain", hostname=HOST)).location == f"{PAGE}/claim"
    await admin.get(f"{PAGE}/claim")
    return admin


async def check(browser: Browser) -> Answer:
    return await browser.post(f"{PAGE}/claim/check", hostname=HOST)


async def proof(console: Console) -> str:
    claim = await console.store.read(claims.find, 1, HOST, console.now)
    assert claim
    return claim.proof


async def holder(console: Console) -> int | None:
    domain = await console.store.read(domains.by_hostname, HOST)
    return domain.destination.organisation_id if domain else None


async def told(console: Console) -> list[str]:
    lines = await console.store.read(lambda db: outbox_lists.page_of_all(db, Filter(), before=None, limit=50))
    return [f"{line.recipient}: {line.subject}" for line in reversed(lines)]


async def test_record_is_shown_and_the_holder_told_without_names(
    console: Console, claiming: Browser, beacon: int
) -> None:
    page = (await claiming.get(f"{PAGE}/claim")).text
    for value in ("TXT", "_brassplate.billing", RECORD, await proof(console)):
        assert f">{value}</textarea>" in page
    assert "eacon" not in page
    assert await told(console) == [f"admin@beacon.example: Somebody else asks for {HOST}"]
    await claiming.post(f"{PAGE}/domain", hostname=HOST)
    assert len(await told(console)) == 1


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ((), "There is no such TXT record yet."),
        (("v=spf1 -all",), "There is no such TXT record yet."),
        (("brassplate-claim=00",), "with another value"),
        (None, "did not answer just now"),
    ],
)
async def test_nothing_moves_without_the_proof(
    console: Console, claiming: Browser, beacon: int, found: tuple[str, ...] | None, words: str
) -> None:
    console.edge.records = {RECORD: found} if found is not None else None
    answer = await check(claiming)
    assert answer.status == 409 and words in answer.text
    assert await holder(console) == beacon


async def test_proof_within_quotation_marks_is_told(console: Console, claiming: Browser) -> None:
    console.edge.records = {RECORD: (f'"{await proof(console)}"',)}
    assert "quotation marks of its own" in (await check(claiming)).text


async def test_proved_name_moves_and_both_are_told(console: Console, claiming: Browser, beacon: int) -> None:
    console.edge.records = {RECORD: ("v=spf1 -all", await proof(console))}
    assert (await check(claiming)).location == PAGE
    domain = await console.store.read(domains.by_hostname, HOST)
    own = await console.store.read(titles.own_target, 1, TARGET)
    assert domain and (domain.destination.organisation_id, domain.destination.cname_target) == (1, own)
    assert domain.live_at is None and domain.diagnosis is None
    assert console.edge.completed == [HOST]
    assert (await told(console))[-1] == f"admin@beacon.example: {HOST} is used by somebody else now"
    assert (await console.store.read(audit.of_organisation, beacon))[0].action == "domain.lost"
    assert (await console.store.read(audit.of_organisation, 1))[0].action == "domain.taken"
    assert await console.store.read(claims.of_organisation, 1, console.now) == []


async def test_proof_of_one_organisation_is_nothing_for_another(console: Console, claiming: Browser) -> None:
    theirs = await proof(console)
    console.edge.records = {RECORD: (theirs,)}
    cove = await console.add_organisation("cove")
    async with console.started() as other:
        await other.sign_in("admin@cove.example")
        page = PAGE.replace("acme", "cove")
        await other.get(page)
        await other.post(f"{page}/portal", enabled="1")
        await other.post(f"{page}/domain", hostname=HOST)
        assert "with another value" in (await other.post(f"{page}/claim/check", hostname=HOST)).text
    assert await holder(console) not in (1, cove.id)


async def test_second_check_at_once_asks_nobody(console: Console, claiming: Browser) -> None:
    await check(claiming)
    console.edge.records = {RECORD: (await proof(console),)}
    assert (await check(claiming)).location == f"{PAGE}/claim"
    console.passes(seconds=2)
    assert (await check(claiming)).location == PAGE


async def test_claim_is_given_up(console: Console, claiming: Browser) -> None:
    assert (await claiming.post(f"{PAGE}/claim/give-up", hostname=HOST)).location == PAGE
    assert "Nothing to prove" in (await claiming.get(f"{PAGE}/claim")).text
    assert (await check(claiming)).location == f"{PAGE}/claim"


async def test_claim_ends_after_a_week(console: Console, claiming: Browser, beacon: int) -> None:
    console.edge.records = {RECORD: (await proof(console),)}
    console.passes(days=7)
    await claiming.sign_in("admin@acme.example")
    await claiming.get(PAGE)
    assert (await check(claiming)).location == f"{PAGE}/claim"
    assert await holder(console) == beacon


async def test_few_claims_are_open_at_a_time(console: Console, claiming: Browser, beacon: int) -> None:
    for number in range(claims.MOST):
        name = Hostname(f"n{number}.mycompany.com")
        held = Destination(name, Room.PORTAL, beacon, False, (), Confirmation.CNAME, TARGET)
        await console.store.write(domains.add, held, console.now)
        answer = await claiming.post(f"{PAGE}/domain", hostname=name)
    assert answer.status == 409 and "Prove or give up one of them first." in answer.text


async def test_released_name_needs_proof_for_a_month(console: Console, admin: Browser, beacon: int) -> None:
    await console.store.write(domains.remove, HOST, console.now)
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    assert (await admin.post(f"{PAGE}/domain", hostname=HOST)).location == f"{PAGE}/claim"
    assert await told(console) == []
    console.passes(days=30)
    await admin.sign_in("admin@acme.example")
    await admin.get(PAGE)
    assert (await admin.post(f"{PAGE}/domain", hostname=HOST)).location == PAGE
    assert await holder(console) == 1


async def test_holder_sees_that_somebody_asks(console: Console, claiming: Browser) -> None:
    async with console.started() as theirs:
        await theirs.sign_in("admin@beacon.example")
        page = PAGE.replace("acme", "beacon")
        assert f"Another organisation has asked for {HOST}" in (await theirs.get(page)).text


async def test_choice_leads_to_what_is_to_be_proved(claiming: Browser) -> None:
    assert f'href="{PAGE}/claim"' in (await claiming.get(PAGE)).text


async def test_pages_name_no_token_of_others(console: Console, claiming: Browser) -> None:
    page = (await claiming.get(f"{PAGE}/claim")).text
    assert len(re.findall(r"brassplate-claim=[0-9a-f]{32}", page)) == 2  # the field, and its copy button
