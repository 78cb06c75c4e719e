"""Rules about CAA records: whether the CA may issue, and for our account by our methods (RFC 8659, RFC 8657)."""

import re
from dataclasses import dataclass

from edge.dns.case import Case
from store.diagnosis import Actor, Authority, Diagnosis, Routing
from store.dns_answers import Answer, Record
from store.hostname import registered_domain
from store.reserved_names import is_under

_RECORD = re.compile(r'(?P<flags>\d+) (?P<tag>[A-Za-z0-9]+) "(?P<value>(?:[^"\\]|\\.)*)"')
_CRITICAL = 128
_KNOWN_TAGS = ("issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc")


def permission(case: Case) -> Diagnosis | None:
    """Rows 28, 29 and 30: the records nearest to the name decide; what could not be asked blames nobody."""
    authority = case.expectation.authority
    if authority is None or case.survey is None:
        return None
    answers = [answer for answer in case.survey.answers if answer.kind == "CAA"]
    label = case.name
    while label:
        at = [answer for answer in answers if answer.name == label and answer.outcome.answered]
        if not at:
            return _unanswered(case, label, [answer for answer in answers if answer.name == label])
        records = [r for answer in at for r in _behind(answer, answers) if r.kind == "CAA"]
        if records:
            found = forbids(authority, label, list(dict.fromkeys(records)))
            return _finding(case, found) if found else None
        label = label.partition(".")[2]
    return None


def _behind(answer: Answer, answers: list[Answer]) -> list[Record]:
    """An answer's records with those at the end of its alias, which were asked for apart."""
    records = list(answer.records)
    targets = [record.value for record in records if record.kind == "CNAME"]
    seen: set[str] = set()
    while targets and (target := targets.pop()) not in seen:
        seen.add(target)
        further = [r for each in answers if each.name == target for r in each.records]
        targets += [record.value for record in further if record.kind == "CNAME" and record.name == target]
        records += [record for record in further if record.name == target]
    return records


@dataclass(frozen=True, slots=True)
class Forbids:
    """Records that do not let the CA issue: which rule, what they say, what would mend it."""

    code: str
    seen: str
    action: str


def forbids(authority: Authority, label: str, records: list[Record]) -> Forbids | None:
    """What the CAA records at `label` have against the CA; None: they permit it, or that is not known."""
    properties = [found for record in records if (found := _parsed(record))]
    unknown = [p for p in properties if p.flags & _CRITICAL and p.tag not in _KNOWN_TAGS]
    issue = [p for p in properties if p.tag == "issue"]
    if unknown:
        action = f"Delete the record {unknown[0]}, which no certificate authority understands."
        return Forbids("caa_forbids", str(unknown[0]), action)
    if not issue or not authority.identities:
        return None
    named = [p for p in issue if p.issuer in authority.identities]
    line = f'{label} CAA 0 issue "{authority.identities[0]}"'
    if not named:
        seen = f"{'; '.join(map(str, issue))}: our certificate authority is not named"
        return Forbids("caa_forbids", seen, f"Add the record {line}")
    if any(_fits(p, authority) for p in named):
        return None
    pinned = ", ".join(f"{key}={value}" for p in named for key, value in p.parameters.items())
    seen = f"{'; '.join(map(str, named))}: it permits only {pinned}"
    return Forbids("caa_pins", seen, f"Add the record {_line(label, authority)}")


def issuer(value: str) -> tuple[str, dict[str, str]] | None:
    """Whom an `issue` property permits, and with which parameters; None: it is another, or none at all."""
    found = _parsed(Record("", "CAA", value, 0))
    return (found.issuer, found.parameters) if found and found.tag == "issue" else None


@dataclass(frozen=True, slots=True)
class _Property:
    flags: int
    tag: str
    value: str
    holder: str

    @property
    def issuer(self) -> str:
        return self.value.partition(";")[0].strip().lower().removesuffix(".")

    @property
    def parameters(self) -> dict[str, str]:
        pairs = [part.partition("=") for part in self.value.split(";")[1:] if part.strip()]
        return {key.strip().lower(): value.strip() for key, _, value in pairs}

    def __str__(self) -> str:
        return f'{self.holder} CAA {self.flags} {self.tag} "{self.value}"'


def _fits(found: _Property, authority: Authority) -> bool:
    given = found.parameters
    account, methods = given.get("accounturi"), given.get("validationmethods")
    if account is not None and authority.account and account != authority.account:
        return False
    wanted = {method.strip().lower() for method in methods.split(",")} if methods is not None else None
    return wanted is None or not authority.methods or bool(wanted & set(authority.methods))


def _line(label: str, authority: Authority) -> str:
    account = f"; accounturi={authority.account}" if authority.account else ""
    return f'{label} CAA 0 issue "{authority.identities[0]}{account}"'


def _unanswered(case: Case, label: str, failed: list[Answer]) -> Diagnosis | None:
    """A CA must refuse where the question is declined; what timed out may be there."""
    domain = registered_domain(case.evidence.hostname)
    if not failed or not all(answer.outcome.declined for answer in failed):
        return None
    if domain is None or not is_under(label, domain):
        return None
    seen = "; ".join(f"{answer.server}: {answer.outcome.value} for CAA {label}" for answer in failed)
    action = f"Ask {case.dns_host_words} to answer questions for CAA records of {label}."
    return case.finding("caa_fails", Routing.OK, seen, action, Actor.DNS_HOST)


def _finding(case: Case, found: Forbids) -> Diagnosis:
    expected = "CAA records that permit our certificate authority, or none"
    return case.finding(found.code, Routing.OK, found.seen, found.action, expected=expected)


def _parsed(record: Record) -> _Property | None:
    found = _RECORD.fullmatch(record.value)
    if found is None:
        return None
    value = re.sub(r"\\(.)", r"\1", found["value"])
    return _Property(int(found["flags"]), found["tag"].lower(), value, record.name)
