from datetime import UTC, datetime, timedelta

import pytest

from edge.tls.challenge_choice import chosen
from store.challenge_results import Result

HTTP, ALPN = "http-01", "tls-alpn-01"
EARLIER = datetime(2026, 11, 1, tzinfo=UTC)
LATER = EARLIER + timedelta(days=1)
Known = dict[str, Result]


@pytest.mark.parametrize(
    ("of_name", "anywhere", "avoid", "first"),
    [
        ({}, {}, set(), HTTP),
        ({ALPN: Result(EARLIER)}, {}, set(), ALPN),
        ({}, {ALPN: Result(EARLIER)}, set(), ALPN),
        ({}, {ALPN: Result(EARLIER), HTTP: Result(LATER)}, set(), HTTP),
        ({}, {ALPN: Result(LATER), HTTP: Result(EARLIER)}, set(), ALPN),
        ({HTTP: Result(EARLIER)}, {ALPN: Result(LATER)}, set(), HTTP),
        ({HTTP: Result(failed_at=EARLIER)}, {}, set(), ALPN),
        ({HTTP: Result(EARLIER, LATER)}, {HTTP: Result(LATER)}, set(), ALPN),
        ({HTTP: Result(LATER, EARLIER)}, {}, set(), HTTP),
        ({HTTP: Result(failed_at=EARLIER), ALPN: Result(failed_at=EARLIER)}, {}, set(), HTTP),
        ({HTTP: Result(LATER)}, {HTTP: Result(LATER)}, {HTTP}, ALPN),
    ],
)
def test_what_worked_comes_first(of_name: Known, anywhere: Known, avoid: set[str], first: str) -> None:
    found = chosen((HTTP, ALPN), of_name, anywhere, frozenset(avoid))
    assert found[0] == first and sorted(found) == [HTTP, ALPN]


def test_what_is_not_configured_is_never_chosen() -> None:
    assert chosen((HTTP,), {ALPN: Result(LATER)}, {ALPN: Result(LATER)}) == (HTTP,)
