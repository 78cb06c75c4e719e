"""Choice: which kind of challenge a name is proven by first; pure."""

from collections.abc import Iterable, Mapping

from store.challenge_results import Result


def chosen(
    configured: Iterable[str],
    of_name: Mapping[str, Result],
    anywhere: Mapping[str, Result],
    avoid: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """All that are configured, the most promising first.

    What would fail by our own look comes last, then what last failed for this very name; what last proved it comes
    first; else what last proved any name, else the order of the settings.
    """
    kinds = tuple(configured)
    known = [kind for kind in kinds if _works(anywhere.get(kind))]
    latest = max(known, key=lambda kind: _at(anywhere[kind]), default=None)

    def promise(kind: str) -> tuple[bool, bool, bool, bool, int]:
        result = of_name.get(kind)
        fails = result is not None and not _works(result)
        return kind in avoid, fails, not _works(result), kind != latest, kinds.index(kind)

    return tuple(sorted(kinds, key=promise))


def _works(result: Result | None) -> bool:
    if result is None or result.succeeded_at is None:
        return False
    return result.failed_at is None or result.failed_at < result.succeeded_at


def _at(result: Result) -> float:
    return result.succeeded_at.timestamp() if result.succeeded_at else 0.0
