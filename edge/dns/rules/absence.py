"""Rules about what is not there: no record yet, one at the name twice over, a name without a way."""

from edge.dns.case import Case
from edge.dns.rules.chain import apex_ways
from store.diagnosis import Asked, Diagnosis, Routing
from store.dns_answers import View

_NOT_TOLD = ("CNAME", "A", "AAAA", "NS", "SOA", "RRSIG", "NSEC", "NSEC3", "HINFO", "DNSKEY")


def no_record(case: Case) -> Diagnosis | None:
    """Rows 6, 7 and 8, and 19 before anything is set."""
    if case.evidence.chain or case.evidence.addresses:
        return None
    if found := _doubled(case):
        return found
    if case.evidence.asked is Asked.NXDOMAIN:
        return case.finding("no_record", Routing.PENDING, f"No record yet{_kept_by(case)}", case.add)
    others = _other_kinds(case)
    only = f"only {', '.join(others)}" if others else "no CNAME, A or AAAA record"
    if case.cname_at_apex:
        seen = (
            f"{case.name} is a whole domain with {only}: no CNAME can stand beside its SOA, NS and MX records"
        )
        return case.finding("apex", Routing.PENDING, seen, f"{case.add} {apex_ways(case)}")
    seen = f"The name exists, but has {only}"
    return case.finding("no_address", Routing.PENDING, seen, case.add)


def _doubled(case: Case) -> Diagnosis | None:
    """Row 7: the panel took a full name for a relative one."""
    if case.survey is None or not case.survey.doubled:
        return None
    doubled = case.survey.doubled
    found = [
        f"{record.kind} {record.value}"
        for answer in case.survey.answers
        if answer.name == doubled and answer.outcome.answered
        for record in answer.records
        if record.name == doubled and record.kind in ("CNAME", "A", "AAAA")
    ]
    if not found:
        return None
    relative = "@" if case.name == case.zone else case.name.removesuffix(f".{case.zone}")
    seen = f"The record stands at {doubled} ({', '.join(dict.fromkeys(found))}): the panel added the domain twice"
    action = f"Enter “{relative}” as the record’s name, without {case.zone}."
    return case.finding("name_doubled", Routing.PENDING, seen, action)


def _kept_by(case: Case) -> str:
    """Where the record has to be entered."""
    if case.survey is None or not case.heard(View.ZONE) or not case.dns_host:
        return ""
    return f"; the DNS of {case.zone} is kept at {case.dns_host}"


def _other_kinds(case: Case) -> list[str]:
    if case.survey is None:
        return []
    return sorted(
        {
            record.kind
            for answer in case.survey.answers
            if answer.name == case.name and answer.view in (View.ZONE, View.OURS)
            for record in answer.records
            if record.name == case.name and record.kind not in _NOT_TOLD
        }
    )
