import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from store import hostname
from store.hostname import Hostname, NotAHostname, canonical, parse, shown

ANY_TEXT = st.text() | st.text(alphabet="aZ09-._ \N{KELVIN SIGN}ßü\N{FULLWIDTH DIGIT ONE}\ud800", max_size=80)
LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(lambda x: x[2:4] != "--")
NAME = st.lists(LABEL, min_size=2, max_size=5).map(".".join)


@given(ANY_TEXT)
def test_canonical_changes_nothing_when_done_again(text: str) -> None:
    once = canonical(text)
    assert once is None or canonical(once) == once


@given(ANY_TEXT)
@example("xn--a.example")
def test_any_text_is_a_hostname_or_refused_with_a_reason(text: str) -> None:
    found = parse(text)
    if isinstance(found, NotAHostname):
        assert found.text == text and found.reason
    else:
        assert canonical(found) == found and parse(found) == found


@given(NAME)
@example("xn--a.example")
@example("xn--.com")
def test_a_hostname_can_always_be_shown_and_split(name: str) -> None:
    assert shown(Hostname(name))
    domain = hostname.registered_domain(Hostname(name))
    assert domain is None or name.endswith(domain)


@given(NAME)
def test_case_and_one_trailing_dot_do_not_matter(name: str) -> None:
    assert canonical(name.upper() + ".") == parse(f" {name.title()}. ") == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "a..b",
        ".a",
        "-a.b",
        "a-.b",
        "a_b.c",
        "a b",
        "a.b..",
        "a\n",
        "ü.de",
        f"{'a' * 64}.de",
        "a." * 128,
    ],
)
def test_canonical_is_none_for_what_is_no_name(text: str) -> None:
    assert canonical(text) is None


def test_canonical_refuses_a_foreign_letter_that_lowers_to_ascii() -> None:
    assert "\N{KELVIN SIGN}".lower() == "k"
    assert canonical("\N{KELVIN SIGN}.example") is None


@pytest.mark.parametrize("length", [253, 254])
def test_a_name_may_have_253_characters(length: int) -> None:
    text = ("a" * 49 + ".") * 5 + "b" * (length - 250)
    assert len(text) == length
    assert (canonical(text) is not None) == (not isinstance(parse(text), NotAHostname)) == (length == 253)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("https://billing.acme.example", "scheme"),
        ("billing.acme.example/login", "path"),
        ("ada@acme.example", "e-mail"),
        ("billing.acme.example:443", "port"),
        ("billing acme.example", "spaces"),
        ("bill_ing.acme.example", "underscores"),
        ("*.acme.example", "wildcard"),
        ("localhost", "two parts"),
        ("billing..example", "each part"),
        ("-billing.example", "each part"),
        ("\N{ZERO WIDTH JOINER}.example", "international"),
        ("192.0.2.1", "IP address"),
        ("2001:db8::1", "IP address"),
        ("a." * 126 + "example", "253"),
    ],
)
def test_refusal_says_what_is_wrong(text: str, reason: str) -> None:
    found = parse(text)
    assert isinstance(found, NotAHostname) and reason in found.reason


@pytest.mark.parametrize(
    "text", ["１９２.０.２.１", "192。0。2。1", "10.1", "0x7f.1", "a.0x1", "billing.123"]
)
def test_what_browsers_read_as_an_address_is_refused(text: str) -> None:
    found = parse(text)
    assert isinstance(found, NotAHostname) and "IP address" in found.reason


@pytest.mark.parametrize(
    ("text", "ascii_name"),
    [
        ("Bücher.example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("bücher。example", "xn--bcher-kva.example"),
        ("ｂilling.example", "billing.example"),
    ],
)
def test_international_name_becomes_a_labels(text: str, ascii_name: str) -> None:
    assert parse(text) == ascii_name


def test_international_name_is_shown_as_people_write_it() -> None:
    assert shown(Hostname("xn--bcher-kva.example")) == "bücher.example"
    assert shown(Hostname("billing.example")) == "billing.example"


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("billing.acme.co.uk", "acme.co.uk"),
        ("acme.co.uk", "acme.co.uk"),
        ("co.uk", None),
        ("localhost", None),
        ("a.b.acme.example", "acme.example"),
        ("a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn"),
    ],
)
def test_registered_domain_follows_the_public_suffixes(name: str, domain: str | None) -> None:
    assert hostname.registered_domain(Hostname(name)) == domain
    assert hostname.is_apex(Hostname(name)) == (name == domain)
