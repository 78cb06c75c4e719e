"""What can go wrong with a CA, told apart only where a caller acts differently."""

from edge.tls.acme.problem import Problem


class AcmeError(Exception):
    """Any failure of a conversation with the CA."""


class AcmeProblem(AcmeError):
    """The CA refused, in its own words; `retry_after` is in seconds, where the CA named a time."""

    def __init__(self, problem: Problem, status: int, retry_after: float | None = None) -> None:
        super().__init__(f"{problem} [HTTP {status}]")
        self.problem = problem
        self.status = status
        self.retry_after = retry_after

    @property
    def type(self) -> str:
        return self.problem.type

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def detail(self) -> str:
        return self.problem.detail

    @property
    def subproblems(self) -> tuple[Problem, ...]:
        return self.problem.subproblems


class AccountLost(AcmeProblem):
    """The CA does not know this account (any more): register again, then order again."""


class AcmeMalformed(AcmeError):
    """The CA's answer is not what RFC 8555 says it should be."""


class AcmeUnreachable(AcmeError):
    """No answer: name, connection, certificate or time-out of one request."""


class AcmeTimeout(AcmeError):
    """The overall deadline passed; what was asked may still come true at the CA."""
