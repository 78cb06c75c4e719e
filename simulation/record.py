"""Record: what the house keeps of one name, as its rows in the store do, and when it acts on it next."""

from dataclasses import dataclass, field
from datetime import datetime

from simulation.ca import Certificate
from simulation.lives import Life
from simulation.sights import TARGET
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Diagnosis
from store.hostname import Hostname
from store.issuance import CertificateState, Failure, Standing
from store.renewal_windows import Window
from store.watches import Watch


@dataclass(slots=True)
class Record:
    """One name; the methods do what the statements of the functions named the same do in `store`."""

    life: Life
    hostname: Hostname
    destination: Destination
    standing: Standing = field(default_factory=Standing)
    certificate: Certificate | None = None
    window: Window | None = None
    poll_at: datetime | None = None
    watch: Watch | None = None
    held: bool = False
    known: Diagnosis | None = None
    """The diagnosis that is kept and shown."""
    live: bool = False
    ends_told: int = 0
    """The serial whose end is looked at."""
    due_set: datetime | None = None
    """Of each timer, for when the run has it: what was set before is void."""
    poll_set: datetime | None = None
    look_set: datetime | None = None
    visit_set: datetime | None = None

    def valid(self, now: datetime) -> Certificate | None:
        """`certificates.standing`."""
        found = self.certificate
        return found if found and found.not_before <= now < found.not_after else None

    def begin(self) -> None:
        """`issuance.begin`."""
        was = self.standing
        state = CertificateState.RENEWING if self.certificate else CertificateState.ORDERED
        self.standing = Standing(
            state,
            was.failures,
            was.cause,
            was.detail,
            was.dns_fingerprint,
            was.retry_at,
            was.next_action_at,
        )

    def succeed(self, certificate: Certificate, renew_at: datetime) -> None:
        """`issuance.succeed`; what is known of the window goes with the certificate before."""
        self.certificate, self.window, self.poll_at = certificate, None, None
        fingerprint = self.standing.dns_fingerprint
        self.standing = Standing(CertificateState.ISSUED, 0, "", "", fingerprint, None, renew_at)

    def fail(self, failure: Failure) -> None:
        """`issuance.fail`."""
        self._keep(failure, CertificateState.FAILED, self.standing.failures + 1)

    def wait(self, failure: Failure) -> None:
        """`issuance.wait`."""
        renews = self.standing.state is CertificateState.RENEWING
        state = CertificateState.ISSUED if renews else CertificateState.FAILED
        self._keep(failure, state, self.standing.failures)

    def postpone(self, at: datetime | None) -> None:
        """`issuance.postpone`."""
        was = self.standing
        self.standing = Standing(
            was.state, was.failures, was.cause, was.detail, was.dns_fingerprint, was.retry_at, at
        )

    def keep_window(self, window: Window | None, poll_at: datetime) -> None:
        """`renewal_windows.keep`."""
        self.poll_at = poll_at
        if window is None:
            return
        self.window = window
        standing = self.standing
        calm = standing.state is CertificateState.ISSUED and not standing.failures
        if calm and standing.next_action_at is not None:
            self.postpone(window.moment_at)

    def _keep(self, failure: Failure, state: CertificateState, failures: int) -> None:
        due = None if self.standing.next_action_at is None else failure.retry_at
        self.standing = Standing(
            state, failures, failure.cause, failure.detail, failure.dns_fingerprint, failure.retry_at, due
        )


def record(life: Life) -> Record:
    """A name that was just registered."""
    hostname = Hostname(life.name)
    destination = Destination(
        hostname, Room.PORTAL, life.organisation_id, False, (), Confirmation.CNAME, TARGET
    )
    return Record(life, hostname, destination)
