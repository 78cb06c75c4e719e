import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import reserved_labels
from store.reserved_labels import NotALabel, own_labels, parse


@pytest.mark.parametrize(
    ("typed", "label"), [("acme", "acme"), (" ACME-2 ", "acme-2"), ("a" * 63, "a" * 63), ("1", "1")]
)
def test_label_is_read_in_lower_case_without_blanks(typed: str, label: str) -> None:
    assert parse(typed) == label


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "1 to 63"),
        ("a" * 64, "1 to 63"),
        ("-a", "1 to 63"),
        ("a-", "1 to 63"),
        ("a.b", "1 to 63"),
        ("a_b", "1 to 63"),
        ("bücher", "1 to 63"),
        ("xn--bcher-kva", "international names"),
        ("ab--cd", "international names"),
        ("www", "reserved"),
        ("Admin", "reserved"),
        ("ns1", "reserved"),
        ("edge7", "reserved"),
    ],
)
def test_what_is_no_label_is_refused_with_the_reason(typed: str, reason: str) -> None:
    refused = parse(typed, own={"edge7"})
    assert isinstance(refused, NotALabel) and reason in refused.reason


@given(st.text(alphabet=string.ascii_letters + string.digits + "-._é \0", max_size=70))
def test_whatever_is_typed_a_label_is_one_that_dns_allows(typed: str) -> None:
    label = parse(typed)
    if isinstance(label, str):
        assert 0 < len(label) <= 63
        assert set(label) <= set(string.ascii_lowercase + string.digits + "-")
        assert label.strip("-") == label and label not in reserved_labels.RESERVED


def test_labels_of_own_hosts_are_their_first_and_the_one_below_the_domain() -> None:
    hosts = ("admin.provider.example", "in.edge.provider.example", "target.elsewhere.example")
    assert own_labels("provider.example", hosts) == {"admin", "in", "edge", "target"}
    assert own_labels("", ("admin.provider.example",)) == {"admin"}
