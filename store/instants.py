"""Instants: aware UTC datetimes in records, whole milliseconds since 1970 in the store."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Tells the present instant, aware and in UTC; made by the composition root and by tests only."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Milliseconds since 1970 of an aware instant, rounded down."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC instant of a stored number of milliseconds."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def maybe_ms(instant: datetime | None) -> int | None:
    """As `to_ms`, with None for none."""
    return None if instant is None else to_ms(instant)


def maybe_instant(milliseconds: int | None) -> datetime | None:
    """As `from_ms`, with None for none."""
    return None if milliseconds is None else from_ms(milliseconds)
