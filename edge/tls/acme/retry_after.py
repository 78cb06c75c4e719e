"""Retry-After: when the CA wants to be asked again, in seconds (RFC 9110 10.2.3)."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Fractions are not in the RFC, but cost nothing to understand.
_SECONDS = re.compile(r"\d{1,9}(\.\d+)?\Z")


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from `now`, never negative; None where the header is missing or makes no sense."""
    if value is None:
        return None
    value = value.strip()
    if _SECONDS.match(value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
