"""No text is left untranslated: all pages, forms with their errors, files, mails and made PDFs, in a made-up language.

All data are in Cyrillic or digits (`tests/portal/cyrillic.py`), so each Latin word is one of ours that was not said.
"""

import io
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from zipfile import ZipFile

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from portal import mail
from portal.invoices import pdf
from portal.mail import Letter
from store import tokens, viewing
from store.database import Store
from store.tokens import Claim, Purpose
from tests import factories
from tests.pdf_text import PdfText
from tests.portal import cyrillic, greek
from tests.portal.greek import left_in_latin, left_on_page
from tests.portal.house import HOST, Browser, HandClock, House, destination, new_client, portal_app
from tests.portal.invoices.papers import ACCOUNT, INVOICE, LINE, PAPER
from tests.portal.mail import test_letters
from tests.portal.mail.test_letters import letters, portal_with
from tests.portal.postbox import name_portals

INVOICES = tuple(factories.public(1, f"100{number}") for number in range(1, 8))
PAYMENTS = tuple(factories.public(1, f"50{number}") for number in range(1, 10))
PARTS = {"section": "contact", "dimension": "cli", "name": "none"}
NO_WORDS = {
    "/static/{fingerprint}/{name}",
    "/theme.css",
    "/icon.svg",
    "/brand/{sha256}/{rendition}.png",
    "/invoices/{public_id}/document",
}
"""What is no page of ours, or the provider's own file."""
OPEN = ("/sign-in", "/sign-in/code", "/sign-in/mail", "/sign-in/mail/code", "/reset", "/register", "/nowhere")
MORE = (
    "/invoices?show=due&search=9",
    "/invoices?year=2020",
    "/invoices/archive?show=void&year=2020",
    "/invoices/archive?invoice=none",
    f"/invoices/{INVOICES[0]}?by=number",
    f"/invoices/{INVOICES[0]}?by=cost_centre",
    "/calls?month=2026-10",
    "/calls?month=2020-01",
    "/calls?words=9",
    "/calls?direction=inbound&bundle=yes&invoiced=no",
    "/calls?month=all",
    "/calls/by/destination",
    "/calls/by/cost_centre",
    "/payments?show=returned",
    "/payments?year=2020",
    "/statement?period=all",
    "/profile/address",
    "/profile?saved=contact",
    "/profile?asked=contact",
    "/profile?saved=contact&asked=contact",
    "/profile?taken-back=1",
    "/profile/changes?before=1-1-1",
    "/nowhere",
    "/invoices/none",
)
FORMS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "/sign-in": ("/sign-in", {"email": "", "password": ""}),
    "/sign-in?wrong": ("/sign-in", {"email": "x@y.example", "password": "неверно"}),
    "/sign-in/mail": ("/sign-in/mail", {"email": "9"}),
    "/reset": ("/reset", {"email": "9"}),
    "/reset?sent": ("/reset", {"email": "x@y.example"}),
    "/register": ("/register", {"reference": "", "number": "", "amount": "9x", "email": "9"}),
}
"""Posted by who is not signed in: the page of the form, where it goes, what it holds."""
OWN_FORMS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "/profile/contact": ("/profile/contact", {"email": "9", "phone": "x"}),
    "/profile/contact?long": ("/profile/contact", {"email": "", "phone": "9" * 41}),
    "/profile/address": (
        "/profile/address",
        {"address1": "", "town": "9" * 101, "postcode": "9\t9", "county": "9" * 101},
    ),
    "/profile/address?name": ("/profile/address", {"name": "9"}),
    "/security/password": ("/security/password", {"current": "", "password": "9"}),
    "/security/proof": ("/security/proof", {"password": "", "code": ""}),
    "/security/proof?wrong": ("/security/proof", {"password": "неверно"}),
    "/security/factor": ("/security/factor/confirm", {"code": "9"}),
    "/calls/names": ("/calls/names", {"number": "x", "name": "9" * 200}),
    "/accounts": ("/accounts", {"account": "none"}),
}


_CODES = re.compile(
    r",(standard|reduced|zero|exempt|reverse_charge|outside_scope)\b|\b[0-9a-f]{64}\b|/invoices/\S+"
)
"""What stands in files as a code, a checksum or an address."""


_LABELS = re.compile(r"\b(Telephone|Town)\b")


class Parts(dict[str, str]):
    """The parts of a path; those that name nothing of ours are 1."""

    def __missing__(self, name: str) -> str:
        return PARTS.get(name, "1")


@dataclass
class Town:
    """The portal, and what leads to its pages."""

    house: House
    ada: Browser
    links: dict[str, str]


@pytest.fixture
async def town(store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """An organisation whose data are Cyrillic, in a portal that speaks the made-up language."""
    await store.write(cyrillic.people)
    other = await store.write(lambda db: factories.organisation(db, "other", "Другие").id)
    await store.write(name_portals, 1, other)
    greek.speak(monkeypatch)
    clock = HandClock()
    app = portal_app(store, clock, {HOST: destination(HOST, 1)})
    async with AsyncExitStack() as stack:
        server = TestServer(app)
        await server.start_server()
        stack.push_async_callback(server.close)

        def client() -> TestClient[web.Request, web.Application]:
            made = new_client(server)
            stack.push_async_callback(made.session.close)
            return made

        house = House(store, clock, app, server, client)
        ada = house.browser()
        assert (await ada.sign_in(cyrillic.ADA)).status == 303
        chosen = await ada.submit("/accounts", "/accounts", {"account": cyrillic.REFERENCE})
        assert chosen.status in (303, 404)
        yield Town(house, ada, await _links(store))


async def _links(store: Store) -> dict[str, str]:
    """A good token of each purpose, by the beginning of its path."""
    user, account = await store.read(cyrillic.invited), 1
    claims = {
        "/invitation/": Claim(
            purpose=Purpose.INVITATION, host=HOST, user_id=user, email="new@harbour.example"
        ),
        "/reset/": Claim(purpose=Purpose.RESET, host=HOST, user_id=1, email=cyrillic.ADA),
        "/register/": Claim(purpose=Purpose.REGISTRATION, host=HOST, account_id=account, email="n@h.example"),
        "/register/confirm/": Claim(
            purpose=Purpose.MAIL_CHECK,
            host=HOST,
            account_id=account,
            email="n@h.example",
            detail={"proof": "mailed_invoice"},
        ),
    }
    found = {
        path: path + await store.write(tokens.issue, 1, claim, factories.NOW)
        for path, claim in claims.items()
    }
    handed = await store.write(viewing.hand_off, 1, HOST, 1, account, factories.NOW)
    return found | {"/viewing/": f"/viewing/{handed}"}


def addresses(app: web.Application) -> list[str]:
    """Every page of the route table that somebody signed in opens, with ids of all sorts."""
    found = []
    for route in app.router.routes():
        assert route.resource
        path = route.resource.canonical
        if route.method != "GET" or path in NO_WORDS or "{token}" in path or "{link}" in path:
            continue
        ids = INVOICES if path.startswith("/invoices/") else PAYMENTS
        found += [
            path.format_map(Parts(public_id=each)) for each in (ids if "{public_id}" in path else ids[:1])
        ]
    return found


async def read(browser: Browser, path: str) -> str:
    """The words of what stands at an address, whatever its status and sort."""
    response = await browser.get(path)
    return "" if is_redirect(response) else await words_of(response.content_type, await response.read())


def is_redirect(response: ClientResponse) -> bool:
    """Nobody reads the body of one."""
    return "Location" in response.headers


async def words_of(sort: str, content: bytes) -> str:
    if sort == "application/zip":
        with ZipFile(io.BytesIO(content)) as found:
            return "\n".join(found.read(name).decode() for name in found.namelist() if name.endswith(".csv"))
    return content.decode() if sort.startswith("text/") else ""


def left_in_mail(letter: Letter) -> list[str]:
    """As `left`; the labels of details are given by callers, who say them."""
    text, html = (_LABELS.sub("", each) for each in (f"{letter.subject}\n{letter.text}", letter.html))
    return [*left_in_latin(text), *left_on_page(html)]


def told(faults: Mapping[str, list[str]]) -> str:
    """What is left, a line each."""
    return "\n".join(f"{path}: {piece}" for path, found in faults.items() for piece in found)


def left(text: str) -> list[str]:
    if text.lstrip().startswith("<!doctype"):
        return left_on_page(text)
    return left_in_latin(_CODES.sub("", text))


async def test_no_page_has_text_that_was_not_said(town: Town) -> None:
    faults = {}
    for path in (*addresses(town.house.app), *MORE):
        if found := left(await read(town.ada, path)):
            faults[path] = found
    assert not faults, told(faults)


async def test_no_page_for_who_is_not_signed_in_has_text_that_was_not_said(town: Town) -> None:
    faults, browser = {}, town.house.browser()
    gone = [f"{path}gone" for path in town.links]
    for path in (*OPEN, *town.links.values(), *gone, "/sign-in/mail/gone"):
        if found := left(await read(browser, path)):
            faults[path] = found
    assert not faults, told(faults)


@pytest.mark.parametrize("signed_in", [False, True])
async def test_no_form_with_mistakes_has_text_that_was_not_said(town: Town, signed_in: bool) -> None:
    faults = {}
    for name, (action, fields) in (OWN_FORMS if signed_in else FORMS).items():
        browser = town.ada if signed_in else town.house.browser()
        page = name.partition("?")[0]
        response = await browser.submit(page, action, dict(fields))
        if not is_redirect(response) and (found := left(await response.text())):
            faults[name] = found
    refused = await town.ada.post("/sign-out", {"csrf": "x"})
    faults |= {"a refused form": left(await refused.text())}
    assert not any(faults.values()), told(faults)


async def test_customers_download_has_no_text_that_was_not_said(town: Town) -> None:
    response = await town.ada.submit("/takeout", "/takeout", {})
    assert left(await words_of(response.content_type, await response.read())) == []


async def test_staff_who_look_read_no_text_that_was_not_said(town: Town) -> None:
    browser = town.house.browser()
    begun = await browser.submit(town.links["/viewing/"], town.links["/viewing/"], {})
    assert begun.status == 303
    pages = [await read(browser, path) for path in ("/", "/profile", "/security", "/takeout")]
    refused = await browser.submit("/profile", "/profile/take-back", {})
    ended = await browser.submit("/", "/viewing/end", {})
    faults = [piece for page in (*pages, await refused.text(), await ended.text()) for piece in left(page)]
    assert faults == []


def test_no_mail_has_text_that_was_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    greek.speak(monkeypatch)
    said = replace(test_letters.FOUND, seen="1", expected="2", action="3")
    monkeypatch.setattr(test_letters, "FOUND", said)
    monkeypatch.setattr(test_letters, "PAYMENT", replace(test_letters.PAYMENT, external_id="501"))
    head = mail.of_portal(replace(portal_with(cyrillic.DETAILS), name="Меридиан"), "https://a.example")
    made = letters(head, "Гавань")
    faults = {name: found for name, letter in made.items() if (found := left_in_mail(letter))}
    assert not faults, told(faults)


def test_no_made_pdf_has_text_that_was_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    greek.speak(monkeypatch)
    details = {name: getattr(cyrillic.DETAILS, name) for name in cyrillic.DETAILS.__slots__}
    line = replace(LINE, category="Звонки", description="Мобильные", cost_centre="Лавка")
    imported = dict(ACCOUNT.imported) | {"name": "Гавань", "address1": "1", "town": "2", "postcode": "3"}
    paper = replace(
        PAPER,
        portal=replace(PAPER.portal, name="Меридиан", **details),
        account=replace(ACCOUNT, reference="100", imported=imported),
        invoice=replace(INVOICE, number="1001", po_number="77"),
        lines=(line,),
    )
    assert left_in_latin(PdfText(pdf.make(paper).content).text) == []


def test_text_that_was_not_said_is_found() -> None:
    page = '<p title="Copy">%s <a href="/x">1</a> ada@a.example</p><script>var x</script>'
    assert left_on_page(page % greek.greek("Total %% <b>now</b>")) == ["Copy"]
    assert left_on_page(page % "Total") == ["Copy", "Total"]
    assert left_on_page('<button aria-label="Αδ">Αδ</button>') == []
