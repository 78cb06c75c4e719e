"""The DNS host's control panel, by plain forms as a browser without JavaScript sends them."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

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
    client: Client

    def __init__(self) -> None:
        self.zone = Zone({TARGET: ["127.0.0.1"], "*.localhost": ["127.0.0.1"]})
        self.questions = Questions()
        self.changes: list[int] = []

    def note_change(self) -> None:
        self.changes.append(len(self.zone.every()))

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
async def panel(aiohttp_client: AiohttpClient, tmp_path: Path) -> Panel:
    panel = Panel()
    app = build(
        panel.zone, panel.questions, target=TARGET, store=tmp_path / "none.db", changed=panel.note_change
    )
    panel.client = await aiohttp_client(app)
    return panel


async def test_any_name_opens_its_domain_with_that_name_ready(panel: Panel) -> None:
    status, location = await panel.post("/open", domain="shop.Bücher.co.uk")
    assert (status, location) == (303, "/zones/xn--bcher-kva.co.uk?done=registered")
    _, page = await panel.get(location)
    assert '<input id="name" name="name" value="shop"' in page and "bücher.co.uk" in page
    assert 'id="mistake-name" name="name" value="shop"' in page and "It is registered now" in page
    assert "bücher.co.uk" in (await panel.get("/"))[1]


async def test_domain_is_registered_once_and_not_where_it_has_records(panel: Panel) -> None:
    await panel.add("CNAME", "billing", TARGET)
    assert await panel.post("/open", domain="billing.foo.com") == (303, "/zones/foo.com")
    for answer in ("/zones/bar.com?done=registered", "/zones/bar.com"):
        assert await panel.post("/open", domain="bar.com") == (303, answer)


async def test_name_that_points_somewhere_is_not_suggested_again(panel: Panel) -> None:
    await panel.post("/open", domain="billing.foo.com")
    await panel.add("CNAME", "billing", TARGET)
    assert '<input id="name" name="name" value=""' in (await panel.get("/zones/foo.com"))[1]


async def test_domain_with_records_is_listed_with_their_number(panel: Panel) -> None:
    panel.zone.add(Record("billing.foo.com", "CNAME", TARGET + "."))
    _, page = await panel.get("/")
    assert "/zones/foo.com" in page and "1 record<" in page


async def test_every_change_is_told_and_nothing_else(panel: Panel) -> None:
    await panel.post("/open", domain="foo.com")
    await panel.add("A", "<bad>", "192.0.2.1")
    assert panel.changes == []
    await panel.add("A", "www", "192.0.2.1")
    await panel.post("/zones/foo.com/mistake", None, name="www", target=TARGET, mistake="old-host")
    await panel.post("/zones/foo.com/remove", None, name="www.foo.com", type="A", value="203.0.113.80")
    assert panel.changes == [1, 1, 0]


async def test_mistakes_are_unfolded_only_while_they_are_made(panel: Panel) -> None:
    folded = '<details class="practice">'
    assert folded in (await panel.get("/zones/foo.com"))[1]
    form = {"name": "billing", "target": TARGET}
    _, location = await panel.post("/zones/foo.com/mistake", None, mistake="lapsed", **form)
    assert (
        folded not in (await panel.get(location))[1] and folded not in (await panel.get("/zones/foo.com"))[1]
    )
    _, location = await panel.post("/zones/foo.com/mistake", None, mistake="right", **form)
    assert folded in (await panel.get(location))[1]


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
