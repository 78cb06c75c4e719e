"""People: who has access to a customer, changed by those with full access, told to the others."""

import sqlite3

import pytest

from portal.people import asking, changing
from portal.people.acting import Acting, NotAllowed
from store import audit, memberships, users, viewing
from store import staff as staff_list
from store.customers import people_of
from store.staff import Role as Admin
from store.users import Role, Status
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import HOST, PROVIDER, Browser, House
from tests.portal.postbox import link, mails, name_portals, settled

CAT, DAN = "cat@harbour.example", "dan@harbour.example"
GOOD = "purple walnut ladder"


@pytest.fixture(autouse=True)
async def named(house: House, people: People) -> None:
    await house.store.write(name_portals, people.meridian, people.other)


async def id_of(house: House, email: str) -> int:
    found = await house.store.read(users.by_email, 1, email)
    assert found
    return found.id


async def member(house: House, email: str, role: Role = Role.READ) -> int:
    await house.store.write(lambda db: factories.user(db, 1, email, "A100", role=role))
    return await id_of(house, email)


async def roles(house: House, people: People) -> dict[str, tuple[Role, bool]]:
    found = await house.store.read(people_of, 1, [people.harbour])
    return {one.email: (one.role, one.offered) for one in found[people.harbour]}


async def recipients(house: House) -> set[str]:
    return {mail.message.recipient for mail in await mails(house)}


async def invite(house: House, browser: Browser, email: str, role: str = "read") -> int:
    sent = await browser.submit("/people/invite", "/people/invite", {"email": email, "role": role})
    await settled(house)
    return sent.status


async def act(browser: Browser, user_id: int, action: str, **fields: str) -> tuple[int, str]:
    sent = await browser.submit("/people", f"/people/{user_id}/{action}", fields)
    return sent.status, sent.headers.get("Location", "")


async def test_list_shows_who_may_do_what_and_who_was_here(
    house: House, people: People, ada: Browser
) -> None:
    await member(house, CAT)
    page = await ada.page("/people")
    assert "ada@harbour.example" in page and "you" in page and CAT in page
    assert "Full access" in page and "May look, not change" in page and "Not yet" in page
    assert "ben@mill.example" not in page
    for path in ("/security", "/profile"):
        assert 'href="/people"' in await ada.source(path), path


async def test_a_colleague_is_invited_and_comes_in(house: House, people: People, ada: Browser) -> None:
    await member(house, DAN, Role.FULL)
    assert await invite(house, ada, CAT, "read") == 303
    page = await ada.page("/people?done=invited")
    assert CAT in page and "Invited" in page and "on its way" in page
    assert (await roles(house, people))[CAT] == (Role.READ, False)
    to = {mail.message.recipient: mail for mail in await mails(house)}
    assert set(to) == {CAT, DAN}
    assert "ada@harbour.example invited cat@harbour.example to Harbour Coffee" in to[DAN].message.text
    path = link(to[CAT], "/invitation/")
    cat = house.browser()
    assert (await cat.submit(path, path, {"name": "Cat", "password": GOOD})).status == 303
    assert "Harbour Coffee" in await cat.page("/")
    assert await cat.page("/people/invite", 403)
    [entry] = await house.store.read(
        audit.done_by, 1, f"user:{await id_of(house, 'ada@harbour.example')}", "user.invited"
    )
    assert entry.detail == {"account": "A100", "role": "read"}


async def test_answers_are_the_same_for_new_known_and_suspended_addresses(
    house: House, people: People, ada: Browser
) -> None:
    def suspended(db: sqlite3.Connection) -> None:
        factories.user(db, 1, "eve@mill.example", "A200")
        eve = users.by_email(db, 1, "eve@mill.example")
        assert eve
        users.suspend(db, 1, eve.id, house.clock())

    await house.store.write(suspended)
    addresses = ("new@harbour.example", "ben@mill.example", "eve@mill.example")
    pages = []
    for email in addresses:
        sent = await ada.submit("/people/invite", "/people/invite", {"email": email, "role": "read"})
        assert (sent.status, sent.headers["Location"]) == (303, "/people?done=invited")
        await settled(house)
        one = await ada.source(f"/people/{await id_of(house, email)}")
        pages.append(one.replace(email, "").replace(f"/people/{await id_of(house, email)}/", ""))
    assert len(set(pages)) == 1
    rows = await ada.page("/people")
    assert rows.count("Invited") == 3 and "Mill" not in rows
    ben = house.browser()
    await ben.sign_in("ben@mill.example")
    assert "Harbour Coffee" in await ben.page("/invitations")
    assert "Harbour Coffee" not in await ben.page("/people")


async def test_what_is_posted_amiss_is_said_at_its_field(house: House, people: People, ada: Browser) -> None:
    for fields, words in (
        ({"email": "", "role": "read"}, "Enter an e-mail address."),
        ({"email": "x@", "role": "read"}, "such as name@company.co.uk"),
        ({"email": CAT, "role": "owner"}, "Not a valid choice"),
        ({"email": "ada@harbour.example", "role": "read"}, "has access already"),
    ):
        sent = await ada.submit("/people/invite", "/people/invite", fields)
        assert sent.status in {400, 409} and words in await sent.text()
    assert await mails(house) == []


async def test_invitations_are_throttled(house: House, people: People, ada: Browser) -> None:
    assert [await invite(house, ada, CAT) for _ in range(4)] == [303, 303, 303, 429]


async def test_an_invitation_is_sent_again_and_taken_back(house: House, people: People, ada: Browser) -> None:
    await invite(house, ada, CAT)
    cat = await id_of(house, CAT)
    assert await act(ada, cat, "again") == (303, "/people?done=again")
    first, second = (link(mail, "/invitation/") for mail in await mails(house))
    guest = house.browser()
    assert (await guest.get(first)).status == 410 and (await guest.get(second)).status == 200
    assert await act(ada, cat, "remove") == (303, "/people?done=removed")
    assert (await guest.get(second)).status == 404
    assert CAT not in await ada.page("/people")
    assert len(await mails(house)) == 2


async def test_a_role_is_changed_and_told(house: House, people: People, ada: Browser) -> None:
    cat, dan = await member(house, CAT), await member(house, DAN, Role.FULL)
    assert await act(ada, cat, "role", role="full") == (303, "/people?done=role")
    assert (await roles(house, people))[CAT] == (Role.FULL, False)
    assert await recipients(house) == {CAT, DAN}
    assert await act(ada, dan, "role", role="nonsense") == (400, "")


async def test_access_ends_with_the_next_request(house: House, people: People, ada: Browser) -> None:
    cat = await member(house, CAT)
    there = house.browser()
    await there.sign_in(CAT)
    assert (await there.get("/invoices")).status == 200
    assert await act(ada, cat, "remove") == (303, "/people?done=removed")
    assert (await there.get("/invoices")).status == 303
    assert await recipients(house) == {CAT}
    actions = [entry.action for entry in await house.store.read(audit.of_organisation, 1)]
    assert "user.removed" in actions


async def test_the_last_one_with_full_access_stays_it(house: House, people: People, ada: Browser) -> None:
    me = await id_of(house, "ada@harbour.example")
    await member(house, CAT)
    await invite(house, ada, DAN, "full")
    assert "Nobody else has full access" in await ada.page(f"/people/{me}")
    assert await act(ada, me, "remove") == (409, "")
    assert await act(ada, me, "role", role="read") == (409, "")
    assert (await roles(house, people))["ada@harbour.example"] == (Role.FULL, False)


async def test_who_is_not_the_last_may_leave(house: House, people: People, ada: Browser) -> None:
    me = await id_of(house, "ada@harbour.example")
    await member(house, CAT, Role.FULL)
    assert await act(ada, me, "remove") == (303, "/")
    assert (await ada.get("/people")).status == 303
    assert await recipients(house) == {CAT}


async def test_who_lost_full_access_meanwhile_changes_nothing(
    house: House, people: People, ada: Browser
) -> None:
    me, cat = await id_of(house, "ada@harbour.example"), await member(house, CAT, Role.FULL)
    acting = Acting(me, "ada", people.harbour, "A100", "Harbour Coffee", "", PROVIDER, house.clock())
    await house.store.write(memberships.set_role, 1, me, people.harbour, Role.READ)
    for change in (
        house.store.write(changing.set_role, 1, acting, cat, Role.READ),
        house.store.write(changing.remove, 1, acting, cat),
        house.store.write(asking.invite_again, 1, acting, cat),
    ):
        assert isinstance(await change, NotAllowed)


async def test_who_may_look_sees_the_list_alone(house: House, people: People, ada: Browser) -> None:
    me = await id_of(house, "ada@harbour.example")
    await member(house, CAT)
    cat = house.browser()
    await cat.sign_in(CAT)
    page = await cat.page("/people")
    assert "ada@harbour.example" in page and f"/people/{me}" not in page and "/people/invite" not in page
    await cat.page("/people/invite", 403)
    await cat.page(f"/people/{me}", 403)
    token = await cat.token("/people")
    for action in ("role", "remove", "again"):
        assert (await cat.post(f"/people/{me}/{action}", {"csrf": token, "role": "read"})).status == 403


async def test_a_suspended_sign_in_is_the_organisations_to_change(
    house: House, people: People, ada: Browser
) -> None:
    cat = await member(house, CAT)
    await house.store.write(users.suspend, 1, cat, house.clock())
    assert "Suspended" in await ada.page("/people")
    assert "Only Meridian Telecom" in await ada.page(f"/people/{cat}")
    assert await act(ada, cat, "remove") == (409, "")
    assert await invite(house, ada, CAT) == 409
    found = await house.store.read(users.by_id, 1, cat)
    assert found and found.status is Status.SUSPENDED


@pytest.mark.parametrize("path", ["/people/invite", "/people/{me}"])
async def test_changes_ask_who_one_is(house: House, people: People, ada: Browser, path: str) -> None:
    me = await id_of(house, "ada@harbour.example")
    cat = await member(house, CAT)
    house.clock.advance(minutes=11)
    path = path.format(me=me)
    answer = await ada.get(path)
    assert (answer.status, answer.headers["Location"]) == (303, f"/security/proof?next={path}")
    for action in ("role", "remove", "again"):
        status, location = await act(ada, cat, action, role="full")
        assert (status, location) == (303, f"/security/proof?next=/people/{cat}")
    assert (await roles(house, people))[CAT] == (Role.READ, False)
    await ada.submit(
        f"/security/proof?next={path}", "/security/proof", {"password": factories.PASSWORD, "next": path}
    )
    assert (await ada.get(path)).status == 200


async def test_people_of_others_are_as_missing_as_none(house: House, people: People, ada: Browser) -> None:
    ben = await id_of(house, "ben@mill.example")
    stranger = await house.store.read(users.by_email, people.other, "ada@harbour.example")
    assert stranger
    missing = await ada.source("/people/999999", 404)
    for name in (str(ben), str(stranger.id), "0", "-1", "x", "1" * 30, "٣"):
        assert await ada.source(f"/people/{name}", 404) == missing
        for action in ("role", "remove", "again"):
            sent = await ada.submit("/people", f"/people/{name}/{action}", {"role": "read"})
            assert (sent.status, await sent.text()) == (404, missing)
    assert (await roles(house, people)).keys() == {"ada@harbour.example"}
    assert await mails(house) == []


async def test_staff_who_view_see_and_change_nothing(house: House, people: People) -> None:
    def handed(db: sqlite3.Connection) -> str:
        sam = staff_list.add(db, "sam@meridian.example", "x", Admin.ADMIN, people.meridian, house.clock())
        return viewing.hand_off(db, 1, HOST, sam.id, people.harbour, house.clock())

    token = await house.store.write(handed)
    staff = house.browser()
    assert (await staff.submit(f"/viewing/{token}", f"/viewing/{token}", {})).status == 303
    page = await staff.page("/people")
    assert "ada@harbour.example" in page and "/people/invite" not in page
    await staff.page("/people/invite", 403)
    csrf = await staff.token("/people")
    sent = await staff.post("/people/invite", {"csrf": csrf, "email": CAT, "role": "full"})
    assert sent.status == 403 and CAT not in await roles(house, people)
