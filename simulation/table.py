"""Table: what a run came to, for people."""

from datetime import timedelta

from simulation.judge import NOTICE
from simulation.run import Result

NEEDED_BY = 1.05
"""Orders for each certificate that is needed, at most."""


def rows(result: Result) -> list[tuple[str, str, str]]:
    """What was counted, the figure, and what it must be or is made of."""
    judge, line = result.judge, result.line
    weeks = [week for week in judge.weeks.values() if week.renewals]
    margin = sum(week.margin for week in weeks) / max(sum(week.renewals for week in weeks), 1)
    least = min((week.least for week in weeks), default=0.0)
    ratio = line["orders"] / max(line["needed"], 1)
    polls = "those that change nothing leaped over" if result.collapsed else "each one made"
    return [
        ("names", f"{len(result.records):,}", f"{judge.first:,} got a certificate"),
        ("orders", f"{result.ca.orders:,}", "that the CA took on"),
        ("needed", f"{judge.needed:,}", "certificates"),
        ("orders by needed", f"{ratio:.3f}", f"at most {NEEDED_BY}"),
        ("refused for a rate", f"{result.ca.rate_limited:,}", "none"),
        (
            "expired while right",
            f"{judge.expired_served:,}",
            f"none; right for {_hours(NOTICE)} with the CA up",
        ),
        ("renewed in time", f"{judge.renewed:,}", f"{margin:.1f} days left on average, {least:.2f} at least"),
        ("renewed after the end", f"{judge.late:,}", "of names that were broken until then"),
        ("ended while broken", f"{judge.ended_broken:,}", "or mended just before"),
        ("visits turned away", f"{judge.turned_away:,}", "of mended names, by the memory of a failure"),
        ("polls and looks", polls, ""),
        ("events", f"{result.events:,}", f"{result.seconds:.0f} seconds of one core"),
    ]


def shown(result: Result) -> str:
    """The rows in columns."""
    found = rows(result)
    first = max(len(row[0]) for row in found)
    second = max(len(row[1]) for row in found if row[2])
    return "\n".join(f"{what:{first}}  {figure:>{second}}  {why}".rstrip() for what, figure, why in found)


def _hours(span: timedelta) -> str:
    return f"{span // timedelta(hours=1)} hours"
