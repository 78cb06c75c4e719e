import pytest

from store import audit, portals
from store.diagnosis import Actor, Diagnosis, Routing
from store.issuance import CertificateState
from tests.fakes.admin_console import HOST, OK, Browser, Console

PAGE = "/organisations/acme/settings/customer-access"
MOVED = Diagnosis(
    "cname_elsewhere", Routing.MOVED, "CNAME old.host.example", "x", "Change it back.", Actor.YOU
)


@pytest.fixture
async def live(console: Console, admin: Browser) -> Browser:
    """Acme's admin, their portal live."""
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    await admin.post(f"{PAGE}/domain", hostname=HOST)
    await console.sees(OK)
    await console.issues(CertificateState.ISSUED)
    await console.certifies()
    await console.proves()
    return admin


async def colour(console: Console) -> str:
    portal = await console.store.read(portals.find, 1)
    assert portal
    return portal.theme_colour


async def test_live_page_shows_address_record_and_certificate(live: Browser) -> None:
    page = (await live.get(PAGE)).text
    assert f'href="https://{HOST}/"' in page
    assert "Leads here" in page
    assert "20 February 2027" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "What follows: user access" in page


async def test_address_carries_the_public_port_where_it_is_another(console: Console, live: Browser) -> None:
    console.change_facts(public_https_port=8443)
    async with console.started() as browser:
        browser.cookies = live.cookies
        assert f'href="https://{HOST}:8443/"' in (await browser.get(PAGE)).text


async def test_way_there_is_shown_for_the_first_hour(console: Console, live: Browser) -> None:
    assert 'class="progress"' in (await live.get(PAGE)).text
    console.passes(minutes=29)
    await live.get(PAGE)
    console.passes(minutes=29)
    await live.get(PAGE)
    console.passes(minutes=2)
    assert 'class="progress"' not in (await live.get(PAGE)).text


async def test_lost_record_is_shown_with_what_to_do(console: Console, live: Browser) -> None:
    await console.sees(MOVED)
    page = (await live.get(PAGE)).text
    assert "no longer leads here" in page
    assert "Change it back." in page


async def test_check_by_hand_works_on_a_live_portal(console: Console, live: Browser) -> None:
    console.edge.diagnosis = MOVED
    console.passes(seconds=5)
    await live.post(f"{PAGE}/domain/check")
    assert "CNAME old.host.example" in (await live.get(PAGE)).text


async def test_portal_is_switched_off_and_on_with_its_address_kept(console: Console, live: Browser) -> None:
    await live.post(f"{PAGE}/portal", enabled="0")
    page = await live.get(PAGE)
    assert page.heading == f"Your portal is switched off. Its address, {HOST}, is kept for you."
    await live.post(f"{PAGE}/portal", enabled="1")
    assert (await live.get(PAGE)).heading == f"Your portal is live at {HOST}."


@pytest.mark.parametrize(
    ("typed", "kept"), [("#a1b2c3", "#A1B2C3"), (" abc ", "#AABBCC"), ("1F5FA8", "#1F5FA8")]
)
async def test_colour_is_kept_in_one_spelling(
    console: Console, admin: Browser, typed: str, kept: str
) -> None:
    await admin.get(f"{PAGE}/theme")
    assert (await admin.post(f"{PAGE}/theme", colour=typed)).location == f"{PAGE}/theme?saved=1"
    assert await colour(console) == kept
    assert "Saved." in (await admin.get(f"{PAGE}/theme?saved=1")).text


async def test_colour_change_is_in_the_audit(console: Console, admin: Browser) -> None:
    await admin.get(f"{PAGE}/theme")
    await admin.post(f"{PAGE}/theme", colour="#abcdef")
    newest = (await console.store.read(audit.of_organisation, 1))[0]
    assert (newest.action, newest.detail) == ("portal.theme_changed", {"colour": "#ABCDEF"})


@pytest.mark.parametrize("typed", ["", "brass", "#12345", "#GGGGGG", "red;}", "#1234567"])
async def test_what_is_no_colour_is_refused_and_shown_again(
    console: Console, admin: Browser, typed: str
) -> None:
    before = await colour(console)
    await admin.get(f"{PAGE}/theme")
    answer = await admin.post(f"{PAGE}/theme", colour=typed)
    assert answer.status == 422
    assert f'value="{typed}"' in answer.text
    assert await colour(console) == before


async def test_preview_shows_a_colour_without_keeping_it(console: Console, admin: Browser) -> None:
    before = await colour(console)
    await admin.get(f"{PAGE}/theme")
    answer = await admin.post(f"{PAGE}/theme", colour="#FFE94D", preview="1")
    assert "#FFE94D would not stand out enough on light pages" in answer.text
    assert await colour(console) == before


async def test_preview_for_scripts_is_the_strip_alone(admin: Browser) -> None:
    answer = await admin.get(f"{PAGE}/theme/preview?colour=%23FFE94D")
    assert answer.text.startswith('<div class="preview"')
    assert (await admin.get(f"{PAGE}/theme/preview?colour=brass")).status == 422
