"""Rules about A and AAAA records: ours, foreign ones among them, a foreign IPv6, all foreign."""

import ipaddress

from edge.dns.case import Case
from edge.dns.old_hosts import old_host
from store.diagnosis import Diagnosis, Routing


def ours_unknown(case: Case) -> Diagnosis | None:
    """Addresses decide here, and ours could not be looked up: whose they are is not known."""
    if case.by_cname or not case.evidence.addresses or case.expectation.addresses:
        return None
    if case.evidence.chain and case.expectation.cname_target:
        return None
    return case.unasked(f"{case.address_words}; our own addresses could not be looked up")


def with_ours(case: Case) -> Diagnosis | None:
    """Rows 13, 14 and 15, and all in order."""
    if not case.ours or (case.evidence.chain and case.expectation.cname_target):
        return None
    foreign = [address for address in case.evidence.addresses if address not in case.ours]
    if foreign:
        return _mixed(case, foreign)
    if case.by_cname:
        seen = (
            f"{case.address_words}, which is ours, but no CNAME record: it works until our addresses change"
        )
        action = (
            f"Nothing has to be done now. Better: replace the A and AAAA records of {case.name} by a CNAME"
            f" record to {case.expectation.cname_target}."
        )
        return case.finding("address_record", Routing.OK, seen, action)
    return case.in_order(case.address_words)


def elsewhere(case: Case) -> Diagnosis:
    """Row 16."""
    whose = "; ".join(f"{a} {_whose(case, a)}" for a in case.evidence.addresses if _whose(case, a))
    verb = "are" if len(case.evidence.addresses) > 1 else "is"
    seen = f"{case.address_words}, which {verb} not ours" + (f": {whose}" if whose else "")
    return case.wrong("address_elsewhere", seen, f"{case.add} Delete the records that are there now.")


def _mixed(case: Case, foreign: list[str]) -> Diagnosis:
    listed = ", ".join(foreign)
    ours = ", ".join(sorted(case.ours))
    whose = "".join(f" ({_whose(case, address)})" for address in foreign[:1] if _whose(case, address))
    fours = [address for address in case.evidence.addresses if ":" not in address]
    if all(":" in address for address in foreign) and fours and set(fours) <= set(case.ours):
        seen = f"The IPv4 address {ours} is ours, but the IPv6 address {listed}{whose} is not, and it is tried first"
        code = "ipv6_elsewhere"
    else:
        seen, code = f"Our address {ours}, but also {listed}{whose}", "mixed_addresses"
    return case.wrong(code, seen, f"Delete the records of {case.name} that lead to {listed}.")


def _whose(case: Case, address: str) -> str:
    """The site that an address is known for, else the name that its network gives it."""
    if known := old_host(address):
        return f"belongs to {known}"
    names = [
        record.value
        for answer in (case.survey.answers if case.survey else ())
        if answer.kind == "PTR" and answer.name == ipaddress.ip_address(address).reverse_pointer
        for record in answer.records
        if record.kind == "PTR"
    ]
    return f"is called {names[0]}" if names else ""
