"""The DNS host's control panel, by plain forms as a browser without JavaScript sends them."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from demo.guard import is_loopback_host, is_own_form
from demo.panel import build
from demo.panel_words import MISTAKES
from demo.questions import Question, Questions
from demo.records import Record
from demo.zone import Fault, Zone
from store.hostname import Hostname

TARGET = "customers.provider.example"
FOO = Hostname("foo.com")
Client = TestClient[web.Request, web.Application]
SAME = {"Sec-Fetch-Site": "same-origin"}


class Panel:
    def __init__(self, client: Client, zone: Zone, questions: Questions) -> None:
        self.client, self.zone, self.questions = client, zone, questions

    async def get(self, path: str, **more: Any) -> tuple[int, str]:
        async with self.client.get(path, **more) as response:
            return response.status, await response.text()

    async def post(self, path: str, headers: dict[str, str] | None = None, **form: str) -> tuple[int, str]:
        sent = SAME if headers is None else headers
        async with self.client.post(path, data=form, headers=sent, allow_redirects=False) as response:
            return response.status, response.headers.get("Location") or await response.text()

    async def add(self, kind: str, name: str, value: str) -> tuple[int, str]:
        return await self.post("/zones/foo.com/add", type=kind, name=name, value=value, ttl="5")


@pytest.fixture
async def panel(aiohttp_client: AiohttpClient) -> Panel:
    zone, questions = Zone({TARGET: ["127.0.0.1"], "*.localhost": ["127.0.0.1"]}), Questions()
    return Panel(await aiohttp_client(build(zone, questions, target=TARGET)), zone, questions)


async def test_any_name_opens_its_domain_with_that_name_ready(panel: Panel) -> None:
    assert await panel.post("/open", domain="shop.Bücher.co.uk") == (303, "/zones/xn--bcher-kva.co.uk")
    _, page = await panel.get("/zones/xn--bcher-kva.co.uk")
    assert 'id="mistake-name" name="name" value="shop"' in page and "bücher.co.uk" in page
    assert "bücher.co.uk" in (await panel.get("/"))[1]


@pytest.mark.parametrize("typed", ["co.uk", "two words", "192.0.2.1", ""])
async def test_what_nobody_can_register_is_refused_in_words(panel: Panel, typed: str) -> None:
    status, page = await panel.post("/open", domain=typed)
    assert status == 422 and "Check the name" in page and 'aria-invalid="true"' in page


async def test_domains_asked_about_are_listed_but_not_the_providers(panel: Panel) -> None:
    for name in ("foo.com", "provider.example", "admin.localhost"):
        panel.questions.note(Question(name, "A", Hostname(name), "NOERROR"))
    _, page = await panel.get("/")
    assert "/zones/foo.com" in page
    assert "/zones/provider.example" not in page and "/zones/admin.localhost" not in page


async def test_saved_record_is_live_and_shown(panel: Panel) -> None:
    assert await panel.add("CNAME", "billing", TARGET) == (303, "/zones/foo.com?done=added")
    assert panel.zone.addresses("billing.foo.com", "A") == ["127.0.0.1"]
    _, page = await panel.get("/zones/foo.com?done=added")
    assert "The record is saved and live." in page and "billing.foo.com" in page


async def test_deleted_record_is_gone(panel: Panel) -> None:
    panel.zone.add(Record("billing.foo.com", "CNAME", TARGET + "."))
    form = {"name": "billing.foo.com", "type": "CNAME", "value": TARGET + "."}
    assert (await panel.post("/zones/foo.com/remove", None, **form))[0] == 303
    assert panel.zone.records(FOO) == []


async def test_refused_form_keeps_what_was_typed(panel: Panel) -> None:
    status, page = await panel.add("A", "<billing>", "192.0.2.1")
    assert status == 422 and 'value="192.0.2.1"' in page and "&lt;billing&gt;" in page
    assert '<p class="error" id="name-error">' in page


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (("A", "@", "192.0.2.1"), ("CNAME", "@", TARGET), "cannot stand at the domain itself"),
        (("TXT", "billing", "x"), ("CNAME", "billing", TARGET), "has other records"),
        (("CNAME", "billing", TARGET), ("A", "billing", "192.0.2.1"), "is a CNAME, which stands alone"),
    ],
)
async def test_cname_beside_other_data_is_refused(
    panel: Panel, first: tuple[str, str, str], second: tuple[str, str, str], words: str
) -> None:
    await panel.add(*first)
    status, page = await panel.add(*second)
    assert status == 422 and words in page


@pytest.mark.parametrize("choice", MISTAKES, ids=lambda choice: choice.mistake.value)
async def test_every_button_works_and_says_what_it_did(panel: Panel, choice: Any) -> None:
    form = {"name": "billing", "target": TARGET, "mistake": choice.mistake.value}
    status, location = await panel.post("/zones/foo.com/mistake", None, **form)
    assert (status, location) == (303, f"/zones/foo.com?done={choice.mistake.value}")
    assert f"{choice.label}: done." in (await panel.get(location))[1]


async def test_put_right_mends_the_name_and_the_domain(panel: Panel) -> None:
    panel.zone.set_fault(FOO, Fault.SERVFAIL)
    form = {"name": "billing", "target": TARGET, "mistake": "right"}
    assert (await panel.post("/zones/foo.com/mistake", None, **form))[0] == 303
    assert panel.zone.records(FOO) == [Record("billing.foo.com", "CNAME", TARGET + ".")]
    assert panel.zone.fault(FOO) is None


async def test_mistake_starts_from_the_target_that_was_typed(panel: Panel) -> None:
    await panel.add("CNAME", "pay", "tenant7.provider.example")
    _, page = await panel.get("/zones/foo.com")
    assert 'value="tenant7.provider.example"' in page and 'name="name" value="pay"' in page


@pytest.mark.parametrize("form", [{"name": "b b", "target": TARGET}, {"name": "billing", "target": "x"}])
async def test_mistake_without_a_good_name_or_target_is_refused(panel: Panel, form: dict[str, str]) -> None:
    status, page = await panel.post("/zones/foo.com/mistake", None, mistake="loop", **form)
    assert status == 422 and "type a host name here first" in page.lower()


async def test_unknown_button_is_a_bad_request(panel: Panel) -> None:
    form = {"name": "billing", "target": TARGET, "mistake": "explode"}
    assert (await panel.post("/zones/foo.com/mistake", None, **form))[0] == 400


async def test_providers_domain_is_shown_but_not_edited(panel: Panel) -> None:
    status, page = await panel.get("/zones/provider.example")
    assert status == 200 and "127.0.0.1" in page and "Save record" not in page
    form = {"type": "A", "name": "x", "value": "192.0.2.1", "ttl": "5"}
    assert (await panel.post("/zones/provider.example/add", None, **form))[0] == 403


@pytest.mark.parametrize("domain", ["billing.foo.com", "co.uk", "a%20b.com", "FOO..com"])
async def test_what_is_no_registered_domain_has_no_page(panel: Panel, domain: str) -> None:
    assert (await panel.get(f"/zones/{domain}"))[0] == 404


async def test_questions_about_the_domain_are_shown(panel: Panel) -> None:
    for _ in range(3):
        panel.questions.note(Question("billing.foo.com", "CNAME", FOO, "NXDOMAIN"))
    _, page = await panel.get("/zones/foo.com")
    assert "no such name" in page and '<td class="number">3</td>' in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {},
    ],
)
async def test_form_of_another_site_is_refused(panel: Panel, headers: dict[str, str]) -> None:
    assert (await panel.post("/open", headers, domain="foo.com"))[0] == 403


async def test_host_that_is_not_loopback_is_refused(panel: Panel) -> None:
    assert (await panel.get("/", headers={"Host": "rebound.example"}))[0] == 421


async def test_page_carries_no_script_and_a_strict_policy(panel: Panel) -> None:
    async with panel.client.get("/zones/foo.com") as response:
        page = await response.text()
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert response.headers["Referrer-Policy"] == "same-origin"
    assert "<script" not in page and "style=" not in page and len(page) < 20_000
    status, css = await panel.get("/static/panel.css")
    assert status == 200 and len(css) < 15_000


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost:8090", True), ("panel.localhost", True), ("127.0.0.1:8090", True), ("[::1]:8090", True),
        ("localhost.example", False), ("127.0.0.2.nip.io", False), ("[::", False), ("", False),
    ],
)  # fmt: skip
def test_loopback_names_are_known(host: str, own: bool) -> None:
    assert is_loopback_host(host) is own


@pytest.mark.parametrize(
    ("site", "origin", "own"),
    [
        ("same-origin", None, True), ("none", None, False), ("cross-site", "http://p.localhost:1", False),
        (None, "http://p.localhost:1", True), (None, "http://p.localhost:2", False), (None, "null", False),
        (None, None, False),
    ],
)  # fmt: skip
def test_own_forms_are_told_from_foreign_ones(site: str | None, origin: str | None, own: bool) -> None:
    assert is_own_form(site, origin, "p.localhost:1") is own
