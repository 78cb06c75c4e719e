"""One's own sessions, password and sign-ins."""

import re
import sqlite3

import pytest

from store import audit
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import OTHER_HOST, Browser, House
from tests.portal.security.test_factor import give_address, subjects

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
NEW = "seven quiet otters swim"


async def signed_in(house: House, agent: str = FIREFOX, email: str = "ada@harbour.example") -> Browser:
    browser = house.browser()
    token = await browser.token("/sign-in")
    fields = {"csrf": token, "email": email, "password": factories.PASSWORD}
    assert (await browser.post("/sign-in", fields, **{"User-Agent": agent})).status == 303
    return browser


def names(page: str) -> list[str]:
    return re.findall(r"/security/sessions/([0-9a-f]{16})/end", page)


async def test_sessions_are_listed_with_where_and_since_when(house: House, ada: Browser) -> None:
    house.clock.advance(minutes=5)
    await signed_in(house)
    page = (await ada.page("/security")).replace("\N{NO-BREAK SPACE}", " ")
    assert "Firefox on Linux" in page and "from 127.0.0.1" in page
    assert "22 Nov 2026, 12:05" in page
    assert len(names(page)) == 1 and page.count("this one") == 1


async def test_session_elsewhere_is_ended(house: House, ada: Browser) -> None:
    elsewhere = await signed_in(house)
    (name,) = names(await ada.source("/security"))
    response = await ada.submit("/security", f"/security/sessions/{name}/end", {})
    assert response.headers["Location"] == "/security?done=ended"
    assert (await elsewhere.get("/")).status == 303
    assert (await ada.get("/")).status == 200
    assert (await house.store.read(audit.of_organisation, 1))[0].action == "user.session_ended"


async def test_all_others_are_ended_at_once(house: House, ada: Browser) -> None:
    others = [await signed_in(house), await signed_in(house)]
    await ada.submit("/security", "/security/sessions/end-others", {})
    assert [(await each.get("/")).status for each in others] == [303, 303]
    assert (await ada.get("/")).status == 200


async def test_session_of_somebody_else_cannot_be_ended(house: House, ada: Browser) -> None:
    ben = await signed_in(house, email="ben@mill.example")
    await signed_in(house, email="ben@mill.example")
    (name,) = names(await ben.source("/security"))
    await ada.submit("/security", f"/security/sessions/{name}/end", {})
    assert names(await ben.source("/security")) == [name]


async def test_own_session_is_ended_by_signing_out_alone(house: House, ada: Browser) -> None:
    other = await signed_in(house)
    (mine,) = names(await other.source("/security"))
    await ada.submit("/security", f"/security/sessions/{mine}/end", {})
    assert (await ada.get("/")).status == 200


async def test_new_password_signs_out_elsewhere_and_is_told_by_mail(
    house: House, people: People, ada: Browser
) -> None:
    await give_address(house, people)
    elsewhere = await signed_in(house)
    response = await ada.submit("/security", "/security/password", {"password": NEW})
    assert response.headers["Location"] == "/security?done=password"
    assert "Your password is changed." in await ada.page("/security?done=password")
    assert (await elsewhere.get("/")).status == 303
    assert (await house.browser().sign_in()).status == 401
    assert (await house.browser().sign_in(password=NEW)).status == 303
    assert "Your password was changed: Meridian Telecom" in await subjects(house)


@pytest.mark.parametrize("password", ["", "short"])
async def test_weak_password_is_refused_with_the_reason(ada: Browser, password: str) -> None:
    response = await ada.submit("/security", "/security/password", {"password": password})
    assert response.status == 400
    assert 'aria-invalid="true"' in await response.text()


async def test_sign_ins_are_listed(house: House, ada: Browser) -> None:
    house.clock.advance(hours=1)
    page = await (await signed_in(house)).page("/security")
    history = page[page.index("Your last sign-ins") :].replace("\N{NO-BREAK SPACE}", " ")
    assert "22 Nov 2026, 13:00" in history and "22 Nov 2026, 12:00" in history


async def test_sign_in_with_another_browser_is_told_by_mail(house: House, people: People) -> None:
    await give_address(house, people)
    await signed_in(house)
    await signed_in(house, agent=FIREFOX.replace("131", "132"))
    assert await subjects(house) == []
    await signed_in(house, agent="Mozilla/5.0 (iPhone) Version/18.1 Mobile Safari/604.1")
    assert await subjects(house) == ["A sign-in from a new device: Meridian Telecom"]


async def test_same_address_at_another_organisation_is_another_person(house: House, ada: Browser) -> None:
    other = house.browser(OTHER_HOST)
    await other.sign_in()
    assert names(await other.source("/security")) == []
    await ada.submit("/security", "/security/sessions/end-others", {})
    assert (await other.get("/")).status == 200


async def test_page_is_there_without_an_account(house: House, ada: Browser) -> None:
    def remove(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM memberships WHERE organisation_id = 1")

    await house.store.write(remove)
    assert "You sign in as ada@harbour.example." in await ada.page("/security")


async def test_who_signs_in_with_no_mail_address_is_told_nothing_and_kept_from_nothing(
    house: House, people: People
) -> None:
    await give_address(house, people)
    await house.store.write(factories.user, people.meridian, "root@localhost", "A100")
    await signed_in(house, "curl/8", "root@localhost")
    root = await signed_in(house, email="root@localhost")
    response = await root.submit("/security/password", "/security/password", {"password": NEW})
    assert response.headers["Location"] == "/security?done=password"
    assert await subjects(house) == []
