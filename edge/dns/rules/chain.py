"""Rules about CNAME records: loops, what leads here, a relative or mistyped target, one at an apex or beside others."""

from edge.dns.case import Case
from store.diagnosis import Diagnosis, Routing
from store.dns_answers import View

MAX_CHAIN = 8
_BESIDE_ANY_CNAME = ("CNAME", "RRSIG", "NSEC", "NSEC3", "DNAME", "HINFO")
"""What does not conflict: the alias, what signs it, and the token answer to ANY (RFC 8482)."""


def loop(case: Case) -> Diagnosis | None:
    """Row 11."""
    names = (case.name, *case.evidence.chain)
    if len(set(names)) == len(names) and len(case.evidence.chain) <= MAX_CHAIN:
        return None
    ends = len(set(names)) == len(names)
    seen = f"A chain of {len(case.evidence.chain)} CNAME records or more" if ends else "A chain of CNAME"
    seen += "" if ends else " records that does not end"
    return case.wrong("cname_loop", f"{seen}: {' → '.join(names)}", case.replace_cname)


def at_an_apex(case: Case) -> Diagnosis | None:
    """Row 19: by the zone's own word a CNAME where SOA and NS stand; a resolver may tell of something else."""
    if not case.cname_at_apex or not case.evidence.chain or not case.heard(View.ZONE):
        return None
    routing = Routing.OK if case.reaches_target else Routing.WRONG
    seen = f"{case.chain_words}, at {case.name} itself, where SOA, NS and MX records stand too"
    action = f"{case.replace_cname} {apex_ways(case)}"
    return case.finding("apex_cname", routing, seen, action)


def apex_ways(case: Case) -> str:
    """The other ways for a whole domain."""
    return (
        f"If your panel offers ALIAS, ANAME or CNAME flattening, that with the target"
        f" {case.expectation.cname_target} will do too; or use a name such as billing.{case.name}."
    )


def reaches_target(case: Case) -> Diagnosis | None:
    """The chain comes to us; foreign addresses at the alias itself would lead some visitors away (row 12)."""
    if not case.reaches_target:
        return None
    return addresses_beside(case) or case.in_order(case.chain_words)


def addresses_beside(case: Case) -> Diagnosis | None:
    """Row 12 where the other records are addresses."""
    others = types_beside(case)
    foreign = [value for kind, value in others if kind in ("A", "AAAA")]
    if not foreign:
        return None
    return case.wrong("cname_and_other", *_conflict(case, others))


def beside_others(case: Case) -> Diagnosis | None:
    """Row 12 where the CNAME is found all the same: resolvers may see either."""
    others = types_beside(case)
    if not others or not case.evidence.chain or case.expectation.apex:
        return None
    return case.finding("cname_and_other", Routing.OK, *_conflict(case, others))


def types_beside(case: Case) -> list[tuple[str, str]]:
    """Kind and value of what stands at the name beside its CNAME, by the zone's own servers."""
    if case.survey is None or not case.evidence.chain:
        return []
    found = [
        (record.kind, record.value)
        for answer in case.survey.answers
        if answer.view is View.ZONE and answer.name == case.name
        for record in answer.records
        if record.name == case.name and record.kind not in _BESIDE_ANY_CNAME
    ]
    return sorted(set(found))


def leads_elsewhere(case: Case) -> Diagnosis | None:
    """Rows 9 and 10."""
    if not case.evidence.chain:
        return None
    target, actual = case.expectation.cname_target, case.evidence.chain[0]
    if case.by_cname and target:
        if actual in (f"{target}.{case.zone}", f"{target}.{case.name}"):
            seen = f"CNAME {actual}: the panel has added the domain to the target"
            action = f"Enter the target with a dot at its end: {target}."
            return case.wrong("cname_relative", seen, action)
        if marked := mark(actual, target):
            seen = f"{case.chain_words}: almost our target, but for the part in brackets: {marked}"
            return case.wrong("cname_mistyped", seen, case.replace_cname)
    return case.wrong("cname_elsewhere", case.chain_words, case.replace_cname)


def mark(actual: str, target: str) -> str:
    """The text with brackets around the one place where it differs from the target; empty if it is not near.

    Near is one letter other, missing, too many, or two neighbours swapped.
    """
    start = 0
    while start < min(len(actual), len(target)) and actual[start] == target[start]:
        start += 1
    rest, wanted = actual[start:], target[start:]
    if not rest and not wanted:
        return ""
    near = {
        1: rest[1:] == wanted[1:] and bool(rest) and bool(wanted),
        0: rest == wanted[1:],
        2: len(rest) > 1 and len(wanted) > 1 and rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:],
    }
    if rest[1:] == wanted and rest:
        return f"{actual[:start]}[{rest[0]}]{rest[1:]}"
    for width, fits in near.items():
        if fits:
            return f"{actual[:start]}[{rest[:width]}]{rest[width:]}"
    return ""


def _conflict(case: Case, others: list[tuple[str, str]]) -> tuple[str, str]:
    listed = ", ".join(f"{kind} {value}" for kind, value in others)
    kinds = ", ".join(dict.fromkeys(kind for kind, _ in others))
    seen = f"{case.chain_words}, and at the same name {listed}: a CNAME may not stand beside other records"
    return seen, f"Delete the {kinds} records of {case.name} and keep the CNAME."
