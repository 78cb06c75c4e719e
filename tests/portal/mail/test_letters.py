"""Every letter: what it says, in text and in HTML, and that nothing of others gets out of its place."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import mail, theme
from portal.mail import Letter, Letterhead, access, billing, duties, instructions, notices
from portal.mail.letter import WIDTH
from portal.mail.notices import Happened
from portal.mail.plain import display_name, one_line
from portal.theme import Colour
from store import migrate, organisations, portals
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from store.invoices import Invoice, Kind, Status
from store.money import Money
from store.organisations import Details
from store.payments import Payment, Settled
from store.payments import Status as PaymentStatus
from store.portals import Portal
from tests import factories
from tests.portal.house import PROVIDER

ORIGIN = "https://billing.meridian.example"
INVOICE = Invoice(
    invoice_id=1,
    public_id="abc",
    number="INV-1001",
    kind=Kind.INVOICE,
    status=Status.OUTSTANDING,
    issued_on=date(2026, 11, 1),
    due_on=date(2026, 12, 1),
    period_from=date(2026, 10, 1),
    period_to=date(2026, 10, 31),
    net=Money(100_000, "GBP"),
    tax=Money(20_000, "GBP"),
    gross=Money(120_000, "GBP"),
    paid=Money(0, "GBP"),
    due=Money(120_000, "GBP"),
    po_number="PO 7",
    credits_number="",
)
PAYMENT = Payment(
    payment_id=1,
    public_id="pay",
    external_id="PAY-1",
    paid_on=date(2026, 11, 10),
    method="Direct Debit",
    status=PaymentStatus.PAID_OUT,
    amount=Money(120_000, "GBP"),
    invoice_number="INV-1001",
)
FOUND = Diagnosis(
    "cname_elsewhere", Routing.WRONG, "CNAME a.example", "CNAME b.example", "Mend it.", Actor.YOU
)
HOST = Hostname("billing.meridian.example")
DETAILS = Details(
    company_number="01234567",
    vat_number="GB123456789",
    address="1 Quay Street\r\nBristol",
    phone="0117 496 0000",
    email="care@meridian.example",
    opening_hours="Mon to Fri 9 to 5",
    complaints_url="https://meridian.example/complaints",
    adr_scheme="Communications Ombudsman",
    adr_url="https://ombudsman.example",
)


def portal_with(details: Details = DETAILS, **changes: object) -> Portal:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.row_factory = sqlite3.Row
    migrate.to_newest(db)
    added = factories.organisation(db)
    organisations.describe(db, added.id, details)
    found = portals.find(db, added.id)
    db.close()
    assert found
    return replace(found, **changes)  # type: ignore[arg-type]


PORTAL = portal_with()
HEAD = mail.of_portal(PORTAL, ORIGIN)
CONSOLE = mail.of_provider(PROVIDER)


def letters(head: Letterhead, name: str) -> dict[str, Letter]:
    """One of each, with `name` wherever a text comes from others."""
    line = billing.registration_line(head, "/register/t0k3n")
    invoice, payment = replace(INVOICE, number=name, po_number=name), replace(PAYMENT, method=name)
    now, zone = datetime(2026, 10, 25, 1, 30, tzinfo=UTC), ZoneInfo("Europe/London")
    return {
        "invitation": access.invitation(head, account=name, path="/i/t0k3n", secret="t0k3n", days=7),
        "account_ready": access.account_ready(head, account=name, email="ada@harbour.example"),
        "reset": access.reset(head, path="/reset/t0k3n", secret="t0k3n", minutes=30),
        "sign_in_code": access.sign_in_code(head, code="123456", minutes=10, path="/s/t0k3n", secret="t0k3n"),
        "mail_check": access.mail_check(head, path="/c/t0k3n", secret="t0k3n", hours=1),
        "registration_refused": access.registration_refused(head),
        "new_invoice": billing.new_invoice(
            head, invoice, account=name, path="/x", attached=True, registration=line, secret="t0k3n"
        ),
        "reminder": billing.reminder(head, invoice, account=name, today=date(2026, 12, 3), path="/x"),
        "payment_received": billing.payment_received(
            head,
            payment,
            account=name,
            path="/x",
            settled=[Settled("abc", name, Money(120_000, "GBP"))],
        ),
        "payment_failed": billing.payment_failed(head, payment, account=name, path=None),
        "security": notices.security(
            head, Happened.NEW_DEVICE, at=now, zone=zone, address="203.0.113.9", agent=name
        ),
        "details_decided": notices.details_decided(
            head, approved=False, account=name, changes=[("Telephone", name)], path="/profile"
        ),
        "domain_live": duties.domain_live(head, organisation=name, hostname=HOST, path="/o"),
        "dns_records": instructions.dns_records(
            head,
            organisation=name,
            hostname=HOST,
            zone=HOST,
            entries=[
                instructions.Entry("A", "@", HOST, "203.0.113.9"),
                instructions.Entry("A", "@", HOST, "203.0.113.10"),
            ],
            path="/dns-status/t0k3n",
            secret="t0k3n",
            days=30,
        ),
        "domain_trouble": duties.domain_trouble(
            head, organisation=name, hostname=HOST, found=replace(FOUND, seen=name), path="/o"
        ),
        "name_claimed": duties.name_claimed(head, organisation=name, hostname=HOST, path="/o"),
        "name_lost": duties.name_lost(head, organisation=name, hostname=HOST, path="/o"),
        "name_freed": duties.name_freed(head, organisation=name, hostname=HOST, days=7, path="/o"),
        "own_certificate_ends": duties.own_certificate_ends(
            head, organisation=name, hostname=HOST, days=7, replaced=True, path="/o"
        ),
        "certificate_failing": duties.certificate_failing(
            head, organisation=name, hostname=HOST, days=6, words=name, path="/o"
        ),
        "registration_waiting": duties.registration_waiting(
            head, organisation=name, account=name, email="a@b.example", path="/o"
        ),
        "details_waiting": duties.details_waiting(
            head, organisation=name, account=name, changes=[("Town", name)], path="/o"
        ),
        "test": duties.test(head, organisation=name),
    }


PLAIN = letters(HEAD, "Harbour Coffee Ltd")


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    @property
    def links(self) -> list[str]:
        return [values["href"] or "" for tag, values in self.tags if tag == "a"]


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_text_and_html_say_the_same(name: str) -> None:
    letter = PLAIN[name]
    words = squeezed(Tags(letter.html).words)
    text = squeezed(letter.text)
    for line in re.split(r"(?<=[.:?]) ", text.partition(" -- ")[0]):
        whole = squeezed(line.rstrip(":"))
        assert whole in words or whole.partition(": ")[2] in words or whole.startswith("https://"), whole


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_every_letter_ends_with_whom_to_turn_to(name: str) -> None:
    letter = PLAIN[name]
    for body in (letter.text, unescape(Tags(letter.html).words)):
        body = squeezed(body)
        for words in (
            "Meridian Telecom",
            "Telephone 0117 496 0000, Mon to Fri 9 to 5",
            "care@meridian.example",
            "How to complain: https://meridian.example/complaints",
            "Communications Ombudsman: https://ombudsman.example",
            "1 Quay Street, Bristol",
            "Company number 01234567",
            "VAT number GB123456789",
        ):
            assert words in body, words


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_letter_asks_nothing_of_the_network(name: str) -> None:
    tags = Tags(PLAIN[name].html)
    names = {tag for tag, _ in tags.tags}
    assert not names & {"img", "script", "link", "iframe", "form", "object", "video", "table"}
    assert "url(" not in PLAIN[name].html and "@import" not in PLAIN[name].html


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_links_lead_to_the_stored_origin_or_the_foot_alone(name: str) -> None:
    foot = {
        "https://meridian.example/complaints",
        "https://ombudsman.example",
        "mailto:care@meridian.example",
    }
    for link in Tags(PLAIN[name].html).links:
        assert link.startswith(f"{ORIGIN}/") or link in foot, link


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_plain_text_is_wrapped_but_links_are_whole(name: str) -> None:
    for line in PLAIN[name].text.splitlines():
        assert len(line) <= WIDTH or "https://" in line or ": " in line, line
    for link in re.findall(r"https://\S+", Tags(PLAIN[name].html).words):
        assert link in PLAIN[name].text


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_secret_is_within_the_letter_that_has_one(name: str) -> None:
    letter = PLAIN[name]
    for secret in letter.secret.split():
        assert secret in letter.text and secret in letter.html
    assert bool(letter.secret) == ("t0k3n" in letter.text)
    assert "t0k3n" not in letter.subject and "123456" not in letter.subject


HOSTILE = [
    "A\r\nBcc: victim@bank.example\r\n\r\n<h1>x</h1>",
    '<script>alert(1)</script><img src="https://evil.example/x">',
    '"><a href="https://evil.example">click</a>',
    "{{ 7*7 }}{% raw %}",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "\u202egnp.exe\u2066 name\u200b",
    "a\u2028b\u2029c\x85d\x00e",
    "\ud800 half",
    "x" * 5000,
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("name", sorted(PLAIN))
def test_words_of_others_stay_in_their_place(name: str, words: str) -> None:
    letter = letters(HEAD, words)[name]
    assert letter.subject.isprintable() and len(letter.subject) <= 200
    tags = Tags(letter.html)
    usual = {tag for tag, _ in Tags(PLAIN[name].html).tags}
    assert {tag for tag, _ in tags.tags} <= usual
    assert all("evil.example" not in link for link in tags.links)
    lines = letter.text.splitlines()
    assert "\r" not in letter.text and "\nBcc: victim@bank.example\n" not in letter.text
    for line in lines:
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", line)
    assert "49" not in letter.subject or "49" in PLAIN[name].subject
    assert letter.text.encode() and letter.html.encode()


@given(st.text(st.characters(), max_size=300))
def test_any_text_on_one_line_is_printable_and_short(text: str) -> None:
    line = one_line(text)
    assert len(line) <= 100 and line == line.strip() and "\n" not in line
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", line)


@given(st.text(max_size=120))
def test_display_name_holds_no_address(text: str) -> None:
    name = display_name(text)
    assert not set(name) & set('@<>"\\\r\n＠﹫')


def test_letter_parts_that_are_not_set_are_left_out() -> None:
    bare = mail.of_portal(portal_with(Details()), ORIGIN)
    letter = access.registration_refused(bare)
    foot = letter.text.partition("-- \n")[2]
    assert foot.strip() == "Meridian Telecom"
    assert "Telephone" not in letter.html and "None" not in letter.html


def test_invoice_letter_reads_as_a_person_would_write_it() -> None:
    line = billing.registration_line(HEAD, "/register/t0k3n")
    letter = billing.new_invoice(
        HEAD, INVOICE, account="Harbour Coffee Ltd", path="/invoices/abc", attached=True, registration=line
    )
    assert letter.subject == "Invoice INV-1001 from Meridian Telecom: £1,200.00, due 1 December 2026"
    assert letter.text.partition("-- ")[0] == (
        "Invoice INV-1001\n\n"
        "Here is a new invoice for Harbour Coffee Ltd. You find it attached as a\nPDF.\n\n"
        "Number: INV-1001\nYour order: PO 7\nDate: 1 November 2026\nPeriod: 1 to 31 Oct 2026\n"
        "Total including VAT: £1,200.00\nLeft to pay: £1,200.00\nDue: 1 December 2026\n\n"
        "See the invoice:\nhttps://billing.meridian.example/invoices/abc\n\n"
        "See your invoices, payments and calls at any time in our customer\n"
        "portal, billing.meridian.example. To register, follow this link, which\nworks once:\n"
        "https://billing.meridian.example/register/t0k3n\n\n"
    )


def test_invoice_without_a_way_in_has_no_button_and_no_line() -> None:
    letter = billing.new_invoice(HEAD, INVOICE, account="Harbour", path=None, attached=True)
    assert ORIGIN not in letter.text.partition("-- ")[0] and "If the button" not in letter.html
    assert "register" not in letter.text.lower() and "register" not in letter.html.lower()


def test_credit_note_asks_for_nothing() -> None:
    credit = replace(INVOICE, kind=Kind.CREDIT_NOTE, number="CN-1")
    letter = billing.new_invoice(HEAD, credit, account="Harbour", path="/x", attached=False)
    assert letter.subject == "Credit note CN-1 from Meridian Telecom: £1,200.00"
    assert "Left to pay" not in letter.text and "Due" not in letter.text and "attached" not in letter.text


@pytest.mark.parametrize(
    ("today", "subject", "sentence"),
    [
        (date(2026, 11, 28), "is due on 1 December 2026", "is due on 1 December 2026."),
        (date(2026, 12, 1), "is due today", "is due on 1 December 2026."),
        (date(2026, 12, 2), "is overdue", "was due on 1 December 2026, 1 day ago."),
        (date(2026, 12, 31), "is overdue", "was due on 1 December 2026, 30 days ago."),
    ],
)
def test_reminder_says_how_late_it_is(today: date, subject: str, sentence: str) -> None:
    letter = billing.reminder(HEAD, INVOICE, account="Harbour", today=today, path="/x")
    assert letter.subject == f"Invoice INV-1001 from Meridian Telecom {subject}"
    assert sentence in squeezed(letter.text)


def test_time_that_comes_twice_is_told_apart() -> None:
    zone = ZoneInfo("Europe/London")
    texts = [
        notices.security(
            HEAD, Happened.PASSWORD_CHANGED, at=datetime(2026, 10, 25, hour, 30, tzinfo=UTC), zone=zone
        ).text
        for hour in (0, 1)
    ]
    assert "01:30:00 BST" in texts[0] and "01:30:00 GMT" in texts[1]


def test_staff_are_written_to_by_the_provider() -> None:
    letter = duties.test(CONSOLE, organisation="Meridian")
    assert "Provider Ltd" in letter.text and "help@provider.example" in letter.text


@pytest.mark.parametrize(
    "path", ["", "x", "//evil.example", "/a b", "/a\n", "https://evil.example", "/\u202e"]
)
def test_what_is_no_path_makes_no_link(path: str) -> None:
    with pytest.raises(ValueError, match="is not a path"):
        HEAD.url(path)


@pytest.mark.parametrize("colour", ["#FFFFFF", "#000000", "#FFFF00", "#1F5FA8", "#7F7F7F"])
def test_buttons_and_links_can_be_read_in_any_colour(colour: str) -> None:
    letter = access.account_ready(replace(HEAD, colour=Colour(colour)), account="A", email="a@b.example")
    shades = theme.theme_of(Colour(colour))
    button = re.search(r'class="button"[^>]*background:(#\w{6});color:(#\w{6})', letter.html)
    link = re.search(r'class="link"[^>]*color:(#\w{6})', letter.html)
    assert button and link
    assert theme.contrast(button[1], button[2]) >= 4.5 and theme.contrast(link[1], "#FFFFFF") >= 4.5
    assert theme.contrast(shades.dark.ink, "#191D21") >= 4.5 and shades.dark.ink in letter.html


@pytest.mark.parametrize("make", [lambda text: replace(PORTAL, theme_colour=text)])
def test_colour_that_is_none_is_our_own(make: Callable[[str], Portal]) -> None:
    assert mail.of_portal(make("red;}"), ORIGIN).colour == theme.DEFAULT
