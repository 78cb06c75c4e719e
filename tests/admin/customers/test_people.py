"""One customer and their people."""

import re
import sqlite3

import pytest

from store import accounts, audit, domains, memberships, users
from store.hostname import Hostname
from store.outbox import Purpose
from store.users import Role, Status
from tests import factories
from tests.admin.customers.town import CUSTOMERS, account_id, mails, user, words
from tests.fakes.admin_console import HOST, Answer, Browser, Console

HARBOUR, MILL = f"{CUSTOMERS}/A100", f"{CUSTOMERS}/A200"
ADA = "ada@harbour.example"


async def invite(admin: Browser, page: str = MILL, **fields: str) -> Answer:
    await admin.get(page)
    return await admin.post(
        f"{page}/users", **({"email": "mia@mill.example", "name": "Mia", "role": "full"} | fields)
    )


async def act(console: Console, admin: Browser, page: str, email: str, action: str, **fields: str) -> Answer:
    found = await user(console, email)
    assert found
    await admin.get(page)
    return await admin.post(f"{page}/users/{found.id}/{action}", **fields)


async def newest(console: Console) -> tuple[str, str, str]:
    entry = (await console.store.read(audit.of_organisation, 1))[0]
    return entry.action, entry.object, entry.actor


async def test_details_show_the_import_beside_the_customers_own(console: Console, admin: Browser) -> None:
    harbour = await account_id(console, "A100")
    await console.store.write(
        accounts.edit, 1, harbour, {"email": "new@harbour.example"}, user_id=1, address="", now=console.now
    )
    page = words((await admin.get(HARBOUR)).text)
    assert "new@harbour.example Changed by the customer" in page
    assert "imported: hello@harbour.example" in page


async def test_invitation_is_mailed_shown_and_audited(console: Console, admin: Browser) -> None:
    answer = await invite(admin, role="read")
    assert answer.location == f"{MILL}?done=invited#people"
    page = words((await admin.get(answer.location)).text)
    assert "Invited. The mail is on its way." in page and "mia@mill.example" in page
    [mail] = await mails(console)
    assert (mail.purpose, mail.recipient) == (Purpose.INVITATION, "mia@mill.example")
    assert f"https://{HOST}/invitation/" in mail.text
    mia = await user(console, "mia@mill.example")
    assert mia and mia.status is Status.INVITED
    assert await newest(console) == ("user.invited", f"user:{mia.id}", "staff:1")
    [membership] = await console.store.read(users.memberships, 1, mia.id)
    assert membership.role is Role.READ


async def test_user_of_another_customer_is_only_asked(console: Console, admin: Browser) -> None:
    answer = await invite(admin, email=ADA)
    assert answer.location == f"{MILL}?done=asked#people"
    assert "Asked to agree" in words((await admin.get(MILL)).text)
    ada = await user(console, ADA)
    assert ada and len(await console.store.read(users.memberships, 1, ada.id)) == 1


@pytest.mark.parametrize(
    ("email", "words_shown"),
    [
        ("", "Enter an e-mail address."),
        ("mia", "such as name@company.co.uk"),
        ("a@b", "such as name@company.co.uk"),
        ("a b@c.example", "such as name@company.co.uk"),
    ],
)
async def test_bad_address_is_refused_and_what_was_typed_is_kept(
    console: Console, admin: Browser, email: str, words_shown: str
) -> None:
    answer = await invite(admin, email=email)
    assert answer.status == 422 and words_shown in answer.text and 'value="Mia"' in answer.text
    assert await mails(console) == []


async def test_members_and_suspended_people_are_not_invited(console: Console, admin: Browser) -> None:
    again = await invite(admin, HARBOUR, email=ADA)
    assert again.status == 409 and "signs in for this customer already" in again.text
    await act(console, admin, HARBOUR, ADA, "suspend")
    refused = await invite(admin, MILL, email=ADA)
    assert refused.status == 409 and "Reactivate them first" in refused.text


async def test_inviting_is_refused_in_words_while_the_portal_has_no_name(
    console: Console, admin: Browser
) -> None:
    await console.store.write(domains.remove, Hostname(HOST), console.now)
    assert "nobody can be invited" in (await admin.get(MILL)).text
    answer = await invite(admin)
    assert answer.status == 409 and "has no address yet" in answer.text
    assert await user(console, "mia@mill.example") is None


async def test_new_link_is_sent_and_the_old_is_void(console: Console, admin: Browser) -> None:
    await invite(admin)
    answer = await act(console, admin, MILL, "mia@mill.example", "resend")
    assert answer.location == f"{MILL}?done=resend#people"
    first, second = (re.findall(r"/invitation/(\S+)", mail.text)[0] for mail in await mails(console))
    assert first != second

    def good(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT count(*) FROM tokens WHERE used_at IS NULL").fetchone()[0])

    assert await console.store.read(good) == 1
    nothing = await act(console, admin, HARBOUR, ADA, "resend")
    assert nothing.location == f"{HARBOUR}#people"
    assert len(await mails(console)) == 2


async def test_suspension_and_its_end_are_audited(console: Console, admin: Browser) -> None:
    ada = await user(console, ADA)
    assert ada
    await act(console, admin, HARBOUR, ADA, "suspend")
    assert await newest(console) == ("user.suspended", f"user:{ada.id}", "staff:1")
    suspended = await user(console, ADA)
    assert suspended and suspended.status is Status.SUSPENDED
    assert "Reactivate" in words((await admin.get(HARBOUR)).text)
    await act(console, admin, HARBOUR, ADA, "reactivate")
    assert (await newest(console))[0] == "user.reactivated"


async def test_removal_forgets_who_has_no_customer_left(console: Console, admin: Browser) -> None:
    answer = await act(console, admin, HARBOUR, ADA, "remove")
    assert answer.location == f"{HARBOUR}?done=remove#people"
    assert await user(console, ADA) is None
    assert (await newest(console))[0] == "user.removed"


async def test_role_is_changed_and_nothing_else_is_taken_for_one(console: Console, admin: Browser) -> None:
    answer = await act(console, admin, HARBOUR, ADA, "role", role="read")
    assert answer.location == f"{HARBOUR}?done=role#people"
    ada = await user(console, ADA)
    assert ada
    [membership] = await console.store.read(users.memberships, 1, ada.id)
    assert membership.role is Role.READ
    assert (await act(console, admin, HARBOUR, ADA, "role", role="owner")).status == 400


async def test_users_of_other_customers_and_organisations_are_missing(
    console: Console, admin: Browser
) -> None:
    await console.add_organisation("other")

    def elsewhere(db: sqlite3.Connection) -> int:
        factories.account(db, 2, "A200", name="Elsewhere")
        return factories.user(db, 2, "eve@x.example", "A200")

    eve = await console.store.write(elsewhere)
    ada = await user(console, ADA)
    assert ada
    await admin.get(MILL)
    for user_id in (eve, ada.id, 999):
        for action in ("suspend", "remove", "resend", "reactivate", "role"):
            assert (await admin.post(f"{MILL}/users/{user_id}/{action}", role="read")).status == 404
    found = await console.store.read(users.by_id, 2, eve)
    assert found and found.status is Status.ACTIVE
    assert await console.store.read(memberships.is_member, 1, ada.id, await account_id(console, "A100"))


async def test_operator_does_the_same_for_any_organisation(console: Console, browser: Browser) -> None:
    await console.add_operator()
    await browser.sign_in("op@provider.example")
    assert (await invite(browser)).status == 303
