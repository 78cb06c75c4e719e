"""Pages and links, sign-in, company details."""

import pytest

from store import audit, portals
from store.portals import Portal
from tests.admin.settings.page import fields
from tests.fakes.admin_console import Browser, Console

PAGE = "/organisations/acme/settings/customer-access"
PAGES, SIGN_IN, COMPANY = f"{PAGE}/pages", f"{PAGE}/sign-in", f"{PAGE}/company"


async def portal(console: Console) -> Portal:
    found = await console.store.read(portals.find, 1)
    assert found
    return found


async def sent(admin: Browser, url: str, *off: str, **changes: str) -> dict[str, str]:
    """A page's form as it stands, with changes; without the boxes that are unticked."""
    given = fields((await admin.get(url)).text, url) | changes
    return {name: value for name, value in given.items() if name not in off}


async def test_pages_are_switched_off_and_named(console: Console, admin: Browser) -> None:
    form = await sent(admin, PAGES, "show_calls", label_invoices=" Bills ")
    assert (await admin.post(PAGES, **form)).location == f"{PAGES}?saved=1"
    found = await portal(console)
    assert (found.show_calls, found.show_invoices, found.label_invoices) == (False, True, "Bills")
    assert "Saved." in (await admin.get(f"{PAGES}?saved=1")).text


@pytest.mark.parametrize(
    "url", ["http://a.example", "https://www.a.example:8443/b?c=d#e", "https://bücher.example/"]
)
async def test_link_of_the_web_is_kept(console: Console, admin: Browser, url: str) -> None:
    form = await sent(admin, PAGES, terms_url=url, terms_label="Our terms")
    assert (await admin.post(PAGES, **form)).status == 303
    found = await portal(console)
    assert (found.terms_url, found.terms_label) == (url, "Our terms")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//a.example/",
        "www.a.example/terms",
        "mailto:a@a.example",
        "https://",
        "https://user:secret@a.example/",
        "https://a.example/a b",
        "https://a.example\\@b.example/",
        'https://a.example/"onclick',
        "https://127.0.0.1/",
        "https://a.example:99999/",
        "https://[::1/",
        "https://a.example/" + "x" * 500,
    ],
)
async def test_what_is_no_address_of_the_web_is_refused_and_shown_again(
    console: Console, admin: Browser, url: str
) -> None:
    form = await sent(admin, PAGES, "show_calls", privacy_url=url)
    answer = await admin.post(PAGES, **form)
    assert answer.status == 422
    again = fields(answer.text, PAGES)
    assert again["privacy_url"] == url and "show_calls" not in again
    found = await portal(console)
    assert found.privacy_url == "" and found.show_calls


async def test_label_has_one_short_line(console: Console, admin: Browser) -> None:
    for label in ("x" * 31, "a\nb"):
        answer = await admin.post(PAGES, **await sent(admin, PAGES, label_calls=label))
        assert answer.status == 422
    assert (await portal(console)).label_calls == ""


async def test_sign_in_is_as_the_admin_decides(console: Console, admin: Browser) -> None:
    form = await sent(admin, SIGN_IN, session_minutes="480", require_second_factor="y")
    assert (await admin.post(SIGN_IN, **form)).status == 303
    found = await portal(console)
    assert (found.session_minutes, found.require_second_factor) == (480, True)


@pytest.mark.parametrize("minutes", ["14", "481", "", "half an hour", "-30", "30.5", "9" * 30])
async def test_session_length_out_of_bounds_is_refused_and_shown_again(
    console: Console, admin: Browser, minutes: str
) -> None:
    answer = await admin.post(SIGN_IN, **await sent(admin, SIGN_IN, session_minutes=minutes))
    assert answer.status == 422
    assert fields(answer.text, SIGN_IN)["session_minutes"] == minutes
    assert (await portal(console)).session_minutes == 30


async def test_company_details_are_kept_line_by_line(console: Console, admin: Browser) -> None:
    form = await sent(
        admin,
        COMPANY,
        phone="0117 496 0123",
        opening_hours="Monday to Friday, 9 to 17:30",
        email="help@acme.example",
        address=" 1 High Street \r\nBristol\r\n",
        complaints_url="https://acme.example/complaints",
        adr_scheme="Communications Ombudsman",
        adr_url="https://www.commsombudsman.org/",
        company_number="08123456",
        vat_number="GB 123",
    )
    assert (await admin.post(COMPANY, **form)).status == 303
    found = await portal(console)
    assert found.address == "1 High Street\nBristol"
    assert (found.adr_scheme, found.opening_hours) == (
        "Communications Ombudsman",
        "Monday to Friday, 9 to 17:30",
    )
    assert fields((await admin.get(COMPANY)).text, COMPANY)["address"] == "1 High Street\nBristol"
    assert (await console.store.read(audit.of_organisation, 1))[0].detail["vat_number"] == " → GB 123"


async def test_what_c4_still_misses_is_said(admin: Browser) -> None:
    assert "Still to fill in: a telephone number, its hours" in (await admin.get(COMPANY)).text
    form = await sent(
        admin,
        COMPANY,
        phone="0117 496 0123",
        opening_hours="9 to 5",
        complaints_url="https://a.example/",
        adr_scheme="CISAS",
    )
    await admin.post(COMPANY, **form)
    assert "Still to fill in" not in (await admin.get(COMPANY)).text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "nobody"),
        ("phone", "call me"),
        ("address", "x" * 601),
        ("address", "a\0b"),
        ("vat_number", "x" * 21),
    ],
)
async def test_company_details_that_cannot_be_are_refused(
    console: Console, admin: Browser, name: str, value: str
) -> None:
    answer = await admin.post(COMPANY, **await sent(admin, COMPANY, **{name: value}, company_number="1"))
    assert answer.status == 422
    assert fields(answer.text, COMPANY)["company_number"] == "1"
    assert (await portal(console)).company_number == ""


async def test_saves_of_different_fields_do_not_get_in_each_others_way(
    console: Console, admin: Browser
) -> None:
    mine, theirs = (
        await sent(admin, COMPANY, phone="0117 496 0123"),
        await sent(admin, COMPANY, vat_number="GB 1"),
    )
    assert (await admin.post(COMPANY, **theirs)).status == (await admin.post(COMPANY, **mine)).status == 303
    found = await portal(console)
    assert (found.phone, found.vat_number) == ("0117 496 0123", "GB 1")


async def test_clash_is_shown_with_what_was_typed_and_saved_by_who_insists(
    console: Console, admin: Browser
) -> None:
    mine, theirs = (
        await sent(admin, COMPANY, phone="0117 1"),
        await sent(admin, COMPANY, phone="0117 496 0123"),
    )
    mine["phone"] = "0117 496 0999"
    await admin.post(COMPANY, **theirs)
    answer = await admin.post(COMPANY, **mine)
    assert answer.status == 409 and "changed “Telephone” from empty to 0117 496 0123." in answer.text
    assert (await portal(console)).phone == "0117 496 0123"
    assert (await admin.post(COMPANY, **fields(answer.text, COMPANY))).status == 303
    assert (await portal(console)).phone == "0117 496 0999"


async def test_form_without_its_token_is_refused(admin: Browser, console: Console) -> None:
    form = await sent(admin, PAGES, "show_calls")
    answer = await admin.send("POST", PAGES, form, {"Sec-Fetch-Site": "same-origin"})
    assert answer.status == 403
    assert (await portal(console)).show_calls


async def test_unknown_page_of_the_settings_is_404(admin: Browser) -> None:
    assert (await admin.get(f"{PAGE}/nothing")).status == 404
