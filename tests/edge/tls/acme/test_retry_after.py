from datetime import UTC, datetime

import pytest

from edge.tls.acme.retry_after import parse_retry_after

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        (" 0 ", 0.0),
        ("0.25", 0.25),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2026 12:00:10 -0000", 10.0),
        (None, None),
        ("", None),
        ("-5", None),
        ("inf", None),
        ("soon", None),
        ("9" * 400, None),
    ],
)
def test_seconds_and_dates_are_understood(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds
