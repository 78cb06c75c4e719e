"""How to pay: bank details and the pay link, checked when they are saved, with what customers will see of them."""

from html import unescape

import pytest

from store import audit, portals, setting_changes
from store.portals import Portal
from tests.admin.settings.page import fields
from tests.fakes.admin_console import Browser, Console

PAGE = "/organisations/acme/settings/customer-access"
PAYING = f"{PAGE}/paying"
LINK = "https://pay.acme.example/now?ref={reference}&inv={invoice}&sum={amount}"


async def portal(console: Console) -> Portal:
    found = await console.store.read(portals.find, 1)
    assert found
    return found


async def sent(admin: Browser, **changes: str) -> dict[str, str]:
    return fields((await admin.get(PAYING)).text, PAYING) | changes


async def test_details_and_link_are_kept_with_who_changed_them(console: Console, admin: Browser) -> None:
    form = await sent(
        admin, payment_details="Sort code: 20-00-00\r\nAccount number: 12345678", pay_url=f" {LINK} "
    )
    assert (await admin.post(PAYING, **form)).location == f"{PAYING}?saved=1"
    found = await portal(console)
    assert found.payment_details == "Sort code: 20-00-00\nAccount number: 12345678"
    assert found.pay_url == LINK
    [change] = await console.store.read(setting_changes.page, 1, name="pay_url", before=None, limit=5)
    assert change.fields["pay_url"] == ("", LINK)
    assert (
        (await console.store.read(audit.of_organisation, 1))[0].detail["pay_url"].startswith(" → https://pay")
    )
    assert "Pay link" in (await admin.get(f"{PAGE}/changes")).text


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://pay.acme.example/", "https://"),
        ("javascript:alert(1)", "https://"),
        ("https://pay.acme.example/{total}", "{total} is not filled in"),
        ("https://pay.acme.example/{reference", "brace"),
        ("https://{reference}.acme.example/", "written out"),
        ("https://user:secret@acme.example/", "user name"),
        ("https://127.0.0.1/", "name of a host"),
        ("https://acme.example/a b", "blanks"),
        ("https://acme.example/" + "x" * 500, "500"),
    ],
)
async def test_link_that_cannot_be_is_refused_in_words_and_shown_again(
    console: Console, admin: Browser, url: str, word: str
) -> None:
    answer = await admin.post(PAYING, **await sent(admin, pay_url=url, payment_details="Ask us"))
    assert answer.status == 422 and word in unescape(answer.text)
    again = fields(answer.text, PAYING)
    assert (again["pay_url"], again["payment_details"]) == (url, "Ask us")
    found = await portal(console)
    assert (found.pay_url, found.payment_details) == ("", "")


async def test_preview_shows_what_is_typed_and_saves_nothing(console: Console, admin: Browser) -> None:
    form = await sent(admin, pay_url=LINK, payment_details="Sort code: 20-00-00", preview="1")
    answer = await admin.post(PAYING, **form)
    page = unescape(answer.text)
    assert answer.status == 200
    assert 'href="https://pay.acme.example/now?ref=A1001&inv=INV-1001&sum=48.20" rel="noopener"' in page
    assert "Pay now at pay.acme.example" in page and "20-00-00" in page
    assert "£48.20 will be collected by Direct Debit on or after" in page
    assert (await portal(console)).pay_url == ""


async def test_link_is_shown_as_it_is_written_before_it_is_typed_anew(
    console: Console, admin: Browser
) -> None:
    await admin.post(PAYING, **await sent(admin, pay_url=LINK))
    assert fields((await admin.get(PAYING)).text, PAYING)["pay_url"] == LINK


async def test_what_another_saved_meanwhile_is_a_clash(console: Console, admin: Browser) -> None:
    mine = await sent(admin, pay_url=LINK)
    await admin.post(PAYING, **await sent(admin, pay_url="https://other.example/"))
    answer = await admin.post(PAYING, **mine)
    assert answer.status == 409 and "Pay link" in answer.text
    assert (await portal(console)).pay_url == "https://other.example/"
