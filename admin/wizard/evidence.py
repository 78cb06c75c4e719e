"""Evidence: everything that a look saw, as the rows of a table: question, server, answer, TTL, time; pure."""

from dataclasses import dataclass
from datetime import datetime

from store.dns_answers import Answer, Outcome, Survey, View


@dataclass(frozen=True, slots=True)
class Row:
    """One question put to one server; `lines` are its records, or the one word for there being none."""

    question: str
    server: str
    lines: tuple[str, ...]
    ttl: str
    took: str
    at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The questions that were put from one side."""

    name: str
    rows: tuple[Row, ...]


def groups(survey: Survey) -> tuple[Group, ...]:
    """All answers by whom they were asked of, the zone's own servers first."""
    sides = ((view, tuple(_row(a) for a in survey.answers if a.view is view)) for view in _SIDES)
    return tuple(Group(_SIDES[view], rows) for view, rows in sides if rows)


def _row(answer: Answer) -> Row:
    records = tuple(f"{record.name} {record.kind} {record.value}" for record in answer.records)
    ttls = sorted({record.ttl for record in answer.records}) or (
        [answer.negative_ttl] if answer.negative_ttl is not None else []
    )
    question = f"{answer.kind} {answer.name}" + (" (unchecked)" if answer.unchecked else "")
    word = answer.outcome.value + (f": {answer.detail}" if answer.detail else "")
    return Row(
        question=question,
        server=answer.server,
        lines=records or (word,),
        ttl=", ".join(f"{ttl} s" for ttl in ttls),
        took="" if answer.outcome is Outcome.NOT_ASKED else f"{answer.milliseconds:g} ms {answer.transport}",
        at=answer.at,
        answered=answer.outcome.answered or answer.outcome is Outcome.REFERRAL,
    )


_SIDES = {
    View.ZONE: "The zone’s own name servers",
    View.PUBLIC: "Public resolvers",
    View.OURS: "Our resolvers",
    View.DELEGATION: "On the way to the zone",
}
