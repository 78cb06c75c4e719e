import re
from pathlib import Path

import pytest

from edge.tls import admission, connection, greeting, outcomes
from edge.tls.outcomes import REFUSED, Result, result_of

SOURCES = [Path(str(module.__file__)).read_text() for module in (greeting, connection, admission)]


@pytest.mark.parametrize(
    ("outcome", "result"),
    [
        ("served", Result.COMPLETED),
        ("refused: unknown name", Result.UNKNOWN_NAME),
        ("refused: dns:nxdomain", Result.NO_CERTIFICATE),
        ("refused: ca:rateLimited", Result.NO_CERTIFICATE),
        ("refused: policy failed: KeyError", Result.BROKEN),
        ("handshake failed: NO_SHARED_CIPHER", Result.FAILED),
        ("plain HTTP", Result.NOT_TLS),
    ],
)
def test_each_outcome_counts_as_one_of_a_few(outcome: str, result: Result) -> None:
    assert result_of(outcome) is result


def test_a_connection_without_a_byte_is_told_apart() -> None:
    assert result_of("left before its hello", silent=True) is Result.SILENT


def test_refusals_of_our_own_are_not_taken_for_a_missing_certificate() -> None:
    said = {words for text in SOURCES for words in re.findall(r'Alert\.[A-Z_]+, "([^"]+)"', text)}
    said |= {words for text in SOURCES for words in re.findall(r'self\._refuse\("([^"]+)"\)', text)}
    assert len(said) >= 8
    assert [words for words in said if REFUSED + words not in outcomes._SAID] == []
