from datetime import UTC, datetime

from edge.tls import strangers
from edge.tls.strangers import StrangerCount
from store.hostname import Hostname
from store.operations import Stranger

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_names_are_counted_the_most_asked_for_first() -> None:
    count = StrangerCount(lambda: NOW)
    for name in ("a.example", "b.example", "b.example", None):
        count.add(Hostname(name) if name else None)
    seen = count.seen()
    assert (seen.since, seen.refused, seen.nameless) == (NOW, 4, 1)
    assert seen.names == (
        Stranger(Hostname("b.example"), 2, NOW),
        Stranger(Hostname("a.example"), 1, NOW),
    )


def test_only_the_last_names_are_kept_and_every_one_is_counted() -> None:
    count = StrangerCount(lambda: NOW)
    for number in range(strangers.MOST_NAMES * 2):
        count.add(Hostname(f"{number}.example"))
        count.add(Hostname("again.example"))
    seen = count.seen()
    assert seen.refused == strangers.MOST_NAMES * 4
    assert seen.names[0].times == strangers.MOST_NAMES * 2
    assert len(count._names) == strangers.MOST_NAMES
