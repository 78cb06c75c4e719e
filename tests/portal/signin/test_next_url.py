"""Only a path of this very host is followed."""

import pytest

from portal.signin.next_url import safe_next


@pytest.mark.parametrize(
    "text",
    [
        "/",
        "/invoices",
        "/invoices?show=due&year=2026",
        "/calls?cli=%2B44+20",
        "/invoices/a#line-7",
        "/a?next=//x",
    ],
)
def test_path_is_kept_when_it_is_ours(text: str) -> None:
    assert safe_next(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "invoices",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\tevil",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "user@evil.example",
        "//user@evil.example",
        "/%2F/evil.example",
        "%2F%2Fevil.example",
        "/%2Fevil.example",
        "/%5Cevil.example",
        "/%252Fevil.example",
        "/%09/evil.example",
        "/%0d%0aSet-Cookie:x",
        "/ /evil.example",
        "/" + "x" * 3000,
        "//[",
    ],
)
def test_first_page_is_taken_instead_when_it_is_not(text: str) -> None:
    assert safe_next(text) == "/"
