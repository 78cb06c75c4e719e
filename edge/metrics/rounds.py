"""Rounds: of each job, when it last went well, how long its last round took, and how many failed."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge

from store.operations import Round


def counting(registry: CollectorRegistry) -> Callable[[Round], None]:
    """Counts one round that has ended; jobs have names of our own."""
    rounds = Counter(
        "brassplate_job_rounds", "Rounds that ended, by job and result.", ["job", "result"], registry=registry
    )
    success = Gauge(
        "brassplate_job_last_success_timestamp_seconds",
        "When the last round ended that went well, in Unix time.",
        ["job"],
        registry=registry,
    )
    duration = Gauge(
        "brassplate_job_last_round_seconds", "How long the last round took.", ["job"], registry=registry
    )

    def ended(one: Round) -> None:
        assert one.ended_at is not None
        rounds.labels(one.job, "failed" if one.error else "ok").inc()
        duration.labels(one.job).set((one.ended_at - one.began_at).total_seconds())
        if not one.error:
            success.labels(one.job).set(one.ended_at.timestamp())

    return ended
