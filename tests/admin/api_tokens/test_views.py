import re

import pytest
from multidict import MultiDict

from store import api_tokens, audit
from store.api_tokens import ApiToken, NewToken
from store.hostname import Hostname
from tests.fakes.admin_console import Answer, Browser, Console

PAGE = "/organisations/acme/api"


@pytest.fixture
async def switched_on(console: Console, admin: Browser) -> Browser:
    """Acme's admin, on a console whose provider has an API."""
    console.change_facts(api_host=Hostname("api.provider.example"))
    return admin


@pytest.fixture
async def page(console: Console, switched_on: Browser):  # type: ignore[no-untyped-def]
    async with console.started() as browser:
        browser.cookies = switched_on.cookies
        await browser.get(PAGE)
        yield browser


async def make(browser: Browser, *scopes: str, name: str = "Billing", days: str = "90") -> Answer:
    fields = MultiDict([("csrf", browser.token), ("name", name), ("days", days)])
    fields.extend([("scopes", scope) for scope in scopes])
    return await browser.send("POST", PAGE, fields, {"Sec-Fetch-Site": "same-origin"})


async def tokens(console: Console) -> list[ApiToken]:
    return await console.store.read(api_tokens.of_organisation, 1)


async def test_token_is_shown_once_and_works(console: Console, page: Browser) -> None:
    answer = await make(page, "calls:read", "invoices:write")
    assert answer.status == 200 and "This is the only time" in answer.text
    (secret,) = set(re.findall(r"bp_1_[A-Za-z0-9_-]{43}", answer.text))
    found = await console.store.read(api_tokens.find, secret, console.now)
    assert found and (found.name, sorted(found.scopes)) == ("Billing", ["calls:read", "invoices:write"])
    assert found.expires_at and (found.expires_at - console.now).days == 90
    assert answer.headers["Cache-Control"] == "no-store"
    for path in (PAGE, f"{PAGE}/1"):
        assert secret not in (await page.get(path)).text


async def test_making_and_revoking_are_audited_without_the_secret(console: Console, page: Browser) -> None:
    answer = await make(page, "calls:read")
    await page.post(f"{PAGE}/1/revoke")
    entries = await console.store.read(audit.of_organisation, 1)
    assert [entry.action for entry in entries[:2]] == ["api_token.revoked", "api_token.made"]
    secret = re.findall(r"bp_1_([A-Za-z0-9_-]{43})", answer.text)[0]
    assert secret not in str(entries)


async def test_revoked_token_says_so_and_cannot_be_revoked_again(console: Console, page: Browser) -> None:
    await make(page, "calls:read")
    answer = await page.post(f"{PAGE}/1/revoke")
    assert (answer.status, answer.location) == (303, f"{PAGE}?revoked=1")
    text = (await page.get(answer.location)).text
    assert "“Billing” is revoked" in text and ">Revoked<" in text
    assert "Revoke this token" not in (await page.get(f"{PAGE}/1")).text
    await page.post(f"{PAGE}/1/revoke")
    entries = await console.store.read(audit.of_organisation, 1)
    assert [entry.action for entry in entries].count("api_token.revoked") == 1


@pytest.mark.parametrize(
    ("scopes", "name", "days", "words"),
    [
        ((), "Billing", "90", "Choose at least one thing"),
        (("calls:read",), "", "90", "Say which program"),
        (("calls:read",), "x" * 101, "90", "at most 100"),
        (("calls:read",), "a\nb", "90", "one line"),
        (("everything",), "Billing", "90", "not a valid choice"),
        (("calls:read",), "Billing", "7", "Not a valid choice"),
    ],
)
async def test_bad_form_keeps_what_was_typed(
    console: Console, page: Browser, scopes: tuple[str, ...], name: str, days: str, words: str
) -> None:
    answer = await make(page, *scopes, name=name, days=days)
    assert answer.status == 422 and words in answer.text
    assert await tokens(console) == []
    if "calls:read" in scopes:
        assert re.search(r'value="calls:read" checked', answer.text)


async def test_token_without_end_works_until_it_is_revoked(console: Console, page: Browser) -> None:
    await make(page, "calls:read", days="")
    assert (await tokens(console))[0].expires_at is None


async def test_expired_token_says_so(console: Console, page: Browser) -> None:
    await make(page, "calls:read", days="30")
    console.passes(minutes=20)
    assert ">Works<" in (await page.get(PAGE)).text
    await console.store.write(_expire)
    assert ">Expired<" in (await page.get(PAGE)).text


def _expire(db) -> None:  # type: ignore[no-untyped-def]
    db.execute("UPDATE api_tokens SET expires_at = 1")


async def test_tokens_of_another_organisation_are_not_there(console: Console, page: Browser) -> None:
    other = await console.add_organisation("other")
    new = NewToken("Theirs", frozenset({"calls:read"}), None, "cli")
    await console.store.write(api_tokens.make, other.id, new, console.now)
    assert "Theirs" not in (await page.get(PAGE)).text
    assert (await page.get(f"{PAGE}/1")).status == 404
    assert (await page.post(f"{PAGE}/1/revoke")).status == 404
    (token,) = await console.store.read(api_tokens.of_organisation, other.id)
    assert token.revoked_at is None
    assert (await page.get("/organisations/other/api")).status == 404


async def test_without_an_api_nothing_can_be_made(console: Console, admin: Browser) -> None:
    text = (await admin.get(PAGE)).text
    assert "no address here yet" in text and "Make the token" not in text
    assert (await make(admin, "calls:read")).status == 404
    assert await tokens(console) == []
