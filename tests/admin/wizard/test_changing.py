"""The portal moves to another name of the company's own, as an admin walks it."""

import pytest

from admin.wizard.registration import Outcome
from store import changeover, domains, origins
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests.fakes.admin_console import HOST, NO_RECORD, OK, Answer, Browser, Console

ACCESS = "/organisations/acme/settings/customer-access"
PAGE = f"{ACCESS}/change"
NEW = Hostname("pay.mycompany.com")


@pytest.fixture
async def live(console: Console, admin: Browser) -> Browser:
    """Acme's admin, their portal live at its first name."""
    await admin.get(ACCESS)
    await admin.post(f"{ACCESS}/portal", enabled="1")
    await admin.post(f"{ACCESS}/domain", hostname=HOST)
    await console.sees(OK)
    await console.proves()
    console.passes(minutes=5)
    return admin


async def choose(browser: Browser, name: str = NEW, **more: str) -> Answer:
    await browser.get(PAGE)
    return await browser.post(PAGE, hostname=name, **more)


async def arrive(console: Console, name: Hostname = NEW) -> None:
    """The edge opened the portal at the new name."""
    await console.sees(OK, name)
    await console.proves(name)
    await console.store.write(changeover.arrive, name, "", console.now)


async def hosts(console: Console) -> list[str]:
    return sorted(each.hostname for each in await console.store.read(domains.of_organisation, 1))


async def test_change_is_offered_where_the_portal_is_live(live: Browser) -> None:
    assert f'href="{PAGE}"' in (await live.get(ACCESS)).text
    page = (await live.get(PAGE)).text
    assert HOST in page and "Nobody meets a gap" in page
    assert f'href="{ACCESS}/certificate"' in page


async def test_new_name_is_completed_while_the_old_one_serves(console: Console, live: Browser) -> None:
    assert (await choose(live)).location == PAGE
    assert console.edge.completed[-1] == NEW
    page = await live.get(PAGE)
    assert f'href="{ACCESS}/certificate"' in page.text
    assert f">{NEW}</textarea>" in page.text and f"stays at <strong>{HOST}</strong>" in page.text
    assert "is to take this address’s place" in (await live.get(ACCESS)).text
    assert await console.store.read(origins.canonical_hostname, 1) == HOST
    await console.sees(NO_RECORD, NEW)
    assert (await live.get(f"{PAGE}/status")).status == 200


async def test_check_looks_at_the_new_name(console: Console, live: Browser) -> None:
    await choose(live)
    await live.get(PAGE)
    assert (await live.post(f"{PAGE}/domain/check")).location == f"{PAGE}#state"
    assert console.edge.completed[-1] == NEW


async def test_portal_moves_once_the_new_name_is_proved(console: Console, live: Browser) -> None:
    await choose(live)
    await arrive(console)
    page = (await live.get(PAGE)).text
    assert f"Your portal is at {NEW} now." in page and HOST in page
    assert f'href="https://{NEW}/"' in (await live.get(ACCESS)).text
    assert await console.store.read(origins.canonical_hostname, 1) == NEW


async def test_change_is_called_off(console: Console, live: Browser) -> None:
    await choose(live)
    await live.get(PAGE)
    await live.post(f"{PAGE}/domain/remove")
    assert await hosts(console) == [HOST]
    assert "Move your portal to another address" in (await live.get(PAGE)).text


async def test_former_name_is_forgotten_and_the_present_one_never(console: Console, live: Browser) -> None:
    await choose(live)
    await arrive(console)
    await live.get(PAGE)
    await live.post(f"{PAGE}/forget", hostname=NEW)
    assert await hosts(console) == [HOST, NEW]
    await live.post(f"{PAGE}/forget", hostname=HOST)
    assert await hosts(console) == [NEW]


async def test_name_of_another_is_to_be_proved_first(console: Console, live: Browser) -> None:
    beacon = await console.add_organisation("beacon")
    held = Destination(NEW, Room.PORTAL, beacon.id, False, (), Confirmation.CNAME, None)
    await console.store.write(domains.add, held, console.now)
    assert (await choose(live)).location == f"{ACCESS}/claim"
    assert await hosts(console) == [HOST]


async def test_second_change_waits_for_the_first(console: Console, live: Browser) -> None:
    await choose(live)
    assert (await live.post(PAGE, hostname="other.mycompany.com")).location == PAGE
    assert await hosts(console) == [HOST, NEW]


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("", 422, "Enter the address."),
        ("https://pay.mycompany.com/x", 422, "Did you mean"),
        ("mycompany.com", 200, "Is mycompany.com used for nothing else?"),
        (HOST, 409, Outcome.OWN.value),
    ],
)
async def test_name_that_cannot_be_taken_is_asked_again(
    live: Browser, name: str, status: int, words: str
) -> None:
    answer = await choose(live, name)
    assert answer.status == status and words in answer.text


async def test_portal_that_is_not_live_has_nothing_to_change(admin: Browser) -> None:
    assert (await admin.get(PAGE)).location == ACCESS
