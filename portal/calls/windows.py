"""Windows: where in a month the calls of a value are, so that a list of few need not read all; pure."""

from collections.abc import Iterator

from store.rollups import QUARTER_SECONDS, Rollup

Window = tuple[int, int]
"""Seconds since 1970, [first, last)."""


def of_rollups(found: list[Rollup]) -> list[Window] | None:
    """The spans that hold all calls of a value, one rollup a currency; newest first, none over another. None: there
    are so many that the value is soon met wherever one looks.
    """
    quarters: set[int] = set()
    for rollup in found:
        if rollup.quarters is None:
            return None
        quarters.update(rollup.quarters)
    return list(_merged(sorted(quarters, reverse=True)))


def _merged(quarters: list[int]) -> Iterator[Window]:
    """Quarters that follow each other as one span."""
    first = last = None
    for quarter in quarters:
        if first is not None and quarter == first - 1:
            first = quarter
            continue
        if first is not None and last is not None:
            yield first * QUARTER_SECONDS, (last + 1) * QUARTER_SECONDS
        first = last = quarter
    if first is not None and last is not None:
        yield first * QUARTER_SECONDS, (last + 1) * QUARTER_SECONDS
