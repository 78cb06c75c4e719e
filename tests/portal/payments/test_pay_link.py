"""The pay link: which texts are one, and that what is filled in can never leave its place."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.payments import pay_link
from portal.payments.pay_link import NotAPayLink, PayLink
from store.money import Money

TEMPLATE = "https://pay.company.co.uk/now?ref={reference}&inv={invoice}&sum={amount}#{reference}"


def test_what_is_to_be_paid_is_filled_in() -> None:
    link = pay_link.parse(TEMPLATE)
    assert isinstance(link, PayLink)
    url = link.url(reference="A 100", invoice="INV/1", amount=Money(4820, "GBP"))
    assert url == "https://pay.company.co.uk/now?ref=A%20100&inv=INV%2F1&sum=48.20#A%20100"
    assert (link.host, link.asks("amount")) == ("pay.company.co.uk", True)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://pay.company.co.uk", "pay.company.co.uk"),
        ("https://pay.company.co.uk:443/x", "pay.company.co.uk"),
        ("https://pay.company.co.uk:8443/{invoice}", "pay.company.co.uk:8443"),
    ],
)
def test_links_need_no_places(text: str, host: str) -> None:
    link = pay_link.parse(text)
    assert isinstance(link, PayLink) and link.host == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://pay.company.co.uk/",
        "HTTPS//pay.company.co.uk/",
        "https://",
        "https:///path",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://pay.company.co.uk:99999/",
        "https://user@pay.company.co.uk/",
        "https://{invoice}.company.co.uk/",
        "https://pay.company.co.uk{reference}/",
        "https://pay.company.co.uk/{}",
        "https://pay.company.co.uk/{Amount}",
        "https://pay.company.co.uk/{{amount}}",
        "https://pay.company.co.uk/}{",
        "https://pay.company.co.uk/a\nb",
        'https://pay.company.co.uk/"x',
        "https://pay.company.co.uk\\@evil.example/",
        "https://pay.company.co.uk/" + "x" * 500,
    ],
)
def test_what_is_no_pay_link_is_refused_with_a_sentence(text: str) -> None:
    refused = pay_link.parse(text)
    assert isinstance(refused, NotAPayLink) and refused.reason.endswith(".")


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 10**12))
def test_values_stay_in_their_place_whatever_they_are(reference: str, invoice: str, minor: int) -> None:
    reference, invoice = (text.encode("utf-8", "replace").decode() for text in (reference, invoice))
    link = pay_link.parse("https://pay.company.co.uk/now?ref={reference}&inv={invoice}&sum={amount}")
    assert isinstance(link, PayLink)
    url = urlsplit(link.url(reference=reference, invoice=invoice, amount=Money(minor, "GBP")))
    assert (url.hostname, url.path, url.fragment) == ("pay.company.co.uk", "/now", "")
    found = parse_qs(url.query, keep_blank_values=True)
    assert found == {"ref": [reference], "inv": [invoice], "sum": [f"{minor // 100}.{minor % 100:02}"]}


@given(st.text(max_size=80))
def test_every_text_is_a_link_of_https_or_a_reason(text: str) -> None:
    for given_text in (text, f"https://{text}", f"https://pay.company.co.uk/{text}"):
        found = pay_link.parse(given_text)
        assert isinstance(found, NotAPayLink) or found.template.startswith("https://")
