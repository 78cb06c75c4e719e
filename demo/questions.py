"""Questions: what the DNS server was asked of late; the panel shows it, tests count it."""

from collections import Counter, deque
from dataclasses import dataclass

from store.hostname import Hostname

KEPT = 2000


@dataclass(frozen=True, slots=True)
class Question:
    """One question and how it was answered: `NOERROR`, `NXDOMAIN`, ..., or `silent`."""

    name: str
    type: str
    domain: Hostname | None
    outcome: str


class Questions:
    """The last questions, the newest last, and how many there were in all."""

    def __init__(self) -> None:
        self.total = 0
        self.recent: deque[Question] = deque(maxlen=KEPT)

    def note(self, question: Question) -> None:
        """Remember one question."""
        self.total += 1
        self.recent.append(question)

    def counted(self) -> Counter[tuple[str, str]]:
        """How often each (name, type) occurs among the questions kept."""
        return Counter((question.name, question.type) for question in self.recent)

    def domains(self) -> list[Hostname]:
        """The registered domains asked about, the latest first."""
        return list(dict.fromkeys(q.domain for q in reversed(self.recent) if q.domain))

    def about(self, domain: Hostname, limit: int) -> list[tuple[Question, int]]:
        """The latest different questions about a domain, each with its number."""
        counts = Counter(question for question in reversed(self.recent) if question.domain == domain)
        return list(counts.items())[:limit]
