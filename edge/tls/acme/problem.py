"""Problem: a problem document (RFC 7807, RFC 8555 6.7) with the CA's own words."""

from dataclasses import dataclass

_PREFIX = "urn:ietf:params:acme:error:"
_MAX_DETAIL = 2000
_MAX_SUBPROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the CA said no; `instance` is a page for a person, such as the CA's self-service to lift a pause."""

    type: str
    detail: str
    hostname: str | None = None
    instance: str | None = None
    subproblems: tuple["Problem", ...] = ()

    @property
    def code(self) -> str:
        """The short name, such as rateLimited; a type of another vocabulary as it is."""
        return self.type.removeprefix(_PREFIX)

    def __str__(self) -> str:
        about = f"{self.hostname}: " if self.hostname else ""
        parts = "".join(f"; {part}" for part in self.subproblems)
        return f"{about}{self.detail or 'no reason given'} ({self.code}){parts}"


def parse_problem(document: object) -> Problem | None:
    """The problem in a decoded JSON value; lenient, since a refusal must be told whatever its form."""
    if not isinstance(document, dict):
        return None
    identifier = document.get("identifier")
    parts = document.get("subproblems")
    found = (parse_problem(part) for part in parts[:_MAX_SUBPROBLEMS]) if isinstance(parts, list) else ()
    return Problem(
        type=_text(document.get("type")) or "about:blank",
        detail=(_text(document.get("detail")) or _text(document.get("title")) or "")[:_MAX_DETAIL],
        hostname=_text(identifier.get("value")) if isinstance(identifier, dict) else None,
        instance=_text(document.get("instance")),
        subproblems=tuple(problem for problem in found if problem),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
