"""Rules 19 to 28: what organisations and files may put on pages, what leaves, what is kept, what is bounded."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import Environment

import portal
from edge.dns import inquiry, lookup, probe, resolver, server
from portal.brand import limits
from portal.csv_stream import cell
from portal.invoices import press
from portal.passwords import Passwords
from portal.rendering import Renderer
from store import audit, domains
from store.audit import Entry
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import HOST, Browser, House

HOSTILE = '{{ 7 * 7 }}<script>alert(1)</script>{% import "os" as os %}'


async def test_rule_19_words_of_an_organisation_are_never_a_template_nor_markup(
    house: House, people: People
) -> None:
    def hostile(db: sqlite3.Connection) -> None:
        db.execute("UPDATE organisations SET name = ?, payment_details = ?", (HOSTILE, HOSTILE))
        db.execute(
            "UPDATE portals SET sign_in_headline = ?, sign_in_text = ?, label_calls = ?", (HOSTILE,) * 3
        )
        factories.invoice(db, people.meridian, people.harbour)

    await house.store.write(hostile)
    ada = house.browser()
    await ada.sign_in()
    for path in ("/sign-in", "/", "/invoices", f"/invoices/{factories.public(people.meridian, 'INV-1001')}"):
        source = await (house.browser() if path == "/sign-in" else ada).source(path)
        assert "<script>alert" not in source and "49" not in source.replace("&#49;", ""), path
        assert "{{ 7 * 7 }}" in source, path


async def test_rule_19_links_of_an_organisation_are_of_the_web(house: House, people: People) -> None:
    def hostile(db: sqlite3.Connection) -> None:
        db.execute("UPDATE portals SET terms_url = 'javascript:alert(1)', terms_label = 'Terms'")

    await house.store.write(hostile)
    assert 'href="javascript:' not in await house.browser().source("/sign-in")


def test_rule_19_templates_escape_and_know_nothing_that_is_missing() -> None:
    environment: Environment = Renderer("portal").environment
    assert environment.autoescape is True
    assert environment.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


def test_rule_20_no_organisation_can_bring_its_own_style_sheet_or_script() -> None:
    """Custom CSS is not a feature: colour, pictures and plain words are all that an organisation brings."""
    columns = "theme_colour, logo_light, logo_dark, favicon, sign_in_headline, sign_in_text"
    with sqlite3.connect(":memory:") as db:
        from store import migrate

        migrate.to_newest(db)
        names = {row[1] for row in db.execute("PRAGMA table_info(portals)")}
    assert {name.strip() for name in columns.split(",")} <= names
    assert not {name for name in names if "css" in name or "script" in name or "html" in name}


def test_rule_21_pictures_are_bounded_and_made_anew_elsewhere() -> None:
    bounds = {name: value for name, value in vars(limits).items() if name.isupper()}
    assert len(bounds) >= 4 and all(isinstance(value, int | float | tuple) for value in bounds.values())


async def test_rule_21_what_is_served_is_never_guessed_at(browser: Browser) -> None:
    for path in ("/icon.svg", "/theme.css", "/brand/" + "0" * 64 + "/256.png"):
        assert (await browser.get(path)).headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_rule_22_no_cell_that_leaves_is_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


def test_rule_22_telephone_numbers_stay_numbers() -> None:
    assert cell("+441632960001") == "+441632960001"


def test_rule_23_pdfs_are_made_in_a_process_with_nothing_of_ours_in_its_environment() -> None:
    environment = press._environment()
    assert set(environment) <= {"PATH", "TZDIR", "PYTHONPATH"}
    heavy = (
        "import portal.invoices.typesetter, sys;"
        " print([name for name in ('requests', 'urllib3') if name in sys.modules])"
    )
    root = Path(portal.__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", heavy], capture_output=True, text=True, cwd=root, check=True, timeout=60
    )
    assert "requests" not in done.stdout and "urllib3" not in done.stdout
    assert press.SECONDS <= 60


def test_rule_24_nothing_fetches_an_address_that_a_client_gave() -> None:
    """There are no webhooks and no pictures by address: the one HTTP client of these rooms talks to a preview's own
    socket, by its path.
    """
    for folder in (Path(portal.__file__).parent, Path(portal.__file__).parents[1] / "admin"):
        for file in folder.rglob("*.py"):
            text = file.read_text()
            assert "urlopen" not in text, file
            assert "ClientSession" not in text or "UnixConnector(" in text, file


def test_rule_24_the_dns_is_asked_at_its_own_port_within_limits() -> None:
    assert server.PORT == 53
    assert resolver.MAX_CHAIN <= 16 and resolver.LOOK_SECONDS <= 30
    assert lookup.MAX_PROBES <= 5 and inquiry.LIMITS.packets <= 1000 and inquiry.LIMITS.seconds <= 30
    assert probe.SECONDS <= 10 and probe.PORT in (80, 443)


async def test_rule_25_the_audit_is_added_to_and_never_changed(house: House, people: People) -> None:
    entry = Entry(people.meridian, "cli", "test.done", "x", {}, "", house.clock())
    await house.store.write(audit.record, entry)
    for statement in ("UPDATE audit SET action = 'y'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError):
            await house.store.write(_executed, statement)


def _executed(db: sqlite3.Connection, statement: str) -> None:
    db.execute(statement)


async def test_rule_25_logs_hold_no_secret(
    house: House, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ada = house.browser()
    sent = await ada.sign_in()
    await house.browser().sign_in(password="a-wrong-password-of-mine")
    await ada.get("/invoices?search=secret-search")
    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    for secret in (factories.PASSWORD, "a-wrong-password-of-mine", sent.cookies["__Host-session"].value):
        assert secret not in said


async def test_rule_25_calls_that_leave_are_written_down(house: House, people: People, ada: Browser) -> None:
    await house.store.write(factories.busy_month, people.meridian, people.harbour)
    await (await ada.get("/calls.csv")).read()
    done = await house.store.read(
        lambda db: [row[0] for row in db.execute("SELECT action FROM audit WHERE organisation_id = 1")]
    )
    assert "calls.downloaded" in done


def test_rule_26_passwords_are_hashed_by_a_few_at_a_time() -> None:
    passwords = Passwords()
    try:
        assert 1 <= passwords._pool._max_workers <= 4
    finally:
        passwords.close()


async def test_rule_26_bodies_are_bounded(house: House, browser: Browser) -> None:
    token = await browser.token("/sign-in")
    sent = await browser.post("/sign-in", {"csrf": token, "email": "x" * 200_000, "password": "y"})
    assert sent.status == 413


async def test_rule_27_a_name_belongs_to_one_organisation(house: House, people: People) -> None:
    """Taking a name over by a TXT record is not a feature: a name is its holder's until they remove it."""
    from tests.portal.house import destination

    with pytest.raises(domains.HostnameTaken):
        await house.store.write(domains.add, destination(HOST, people.other), house.clock())


async def test_rule_28_cookies_of_the_parent_domain_are_neither_set_nor_read(house: House) -> None:
    browser = house.browser()
    answer = await browser.get("/sign-in", Cookie="session=theirs; __Secure-session=theirs; tracking=1")
    assert answer.status == 200 and "theirs" not in await answer.text()
    for cookie in answer.headers.getall("Set-Cookie", []):
        assert "domain" not in cookie.lower()
