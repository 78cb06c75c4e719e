"""Preview: what a deed on many would come to, were it done now; nothing is done."""

from dataclasses import dataclass, field

from store import bulk_deeds
from store.bulk_deeds import Selection
from store.candidates import DONE, Candidate, Kind, Outcome
from store.database import Store

CHUNK = 2000
NAMED = 20
"""So many of each exception are named before a deed begins; all are, with what came of them, after it."""


@dataclass(slots=True)
class Preview:
    """What a deed would come to: how many by outcome, and the first of each exception by name."""

    counts: dict[Outcome, int] = field(default_factory=dict)
    named: dict[Outcome, list[Candidate]] = field(default_factory=dict)

    def add(self, candidate: Candidate, outcome: Outcome) -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + 1
        if outcome not in DONE and len(self.named.setdefault(outcome, [])) < NAMED:
            self.named[outcome].append(candidate)

    @property
    def done(self) -> int:
        """How many it would reach."""
        return sum(number for outcome, number in self.counts.items() if outcome in DONE)

    @property
    def exceptions(self) -> list[Outcome]:
        return [outcome for outcome in Outcome if outcome in self.named]


async def preview(store: Store, organisation_id: int, kind: Kind, selection: Selection) -> Preview:
    """Look at all of a selection, some thousands at a time."""
    seen, after = Preview(), ""
    while chosen := await store.read(bulk_deeds.selected, organisation_id, selection, after, CHUNK):
        account_ids = [account_id for _, account_id in chosen]
        for candidate, outcome in await store.read(bulk_deeds.preview, organisation_id, kind, account_ids):
            seen.add(candidate, outcome)
        after = chosen[-1][0]
    return seen
