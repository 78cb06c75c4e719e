"""Diagnosis of what the DNS said: what is wrong, who must act and what to do; pure."""

import ipaddress

from store.diagnosis import Actor, Asked, Diagnosis, Evidence, Expectation, Routing

PROXIES: dict[str, tuple[str, ...]] = {
    # https://www.cloudflare.com/ips/ as of 2026-11
    "Cloudflare": (
        "173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18",
        "108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17",
        "162.158.0.0/15", "104.16.0.0/13", "104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22",
        "2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32",
        "2a06:98c0::/29", "2c0f:f248::/32",
    ),
}  # fmt: skip
_PROXY_NAMES = (".cdn.cloudflare.net",)
_NETWORKS = [(name, ipaddress.ip_network(net)) for name, nets in PROXIES.items() for net in nets]


def diagnose(evidence: Evidence, expectation: Expectation) -> Diagnosis:
    """Whether a name points at us, by its CNAME chain or by its addresses; a failed question blames nobody."""
    rules = (_could_not_ask, _loop, _by_cname, _no_record, _proxied, _ours_unknown, _by_address)
    for rule in rules:
        if found := rule(evidence, expectation):
            return found
    return _elsewhere(evidence, expectation)


def _could_not_ask(evidence: Evidence, expectation: Expectation) -> Diagnosis | None:
    if evidence.asked is not Asked.FAILED:
        return None
    return _unasked(f"No answer: {evidence.failure}", evidence, expectation)


def _loop(evidence: Evidence, expectation: Expectation) -> Diagnosis | None:
    names = (str(evidence.hostname), *evidence.chain)
    if len(set(names)) == len(names) and len(evidence.chain) <= 8:
        return None
    return _fault(
        "cname_loop",
        f"A chain of CNAME records that does not end: {' → '.join(names)}",
        evidence,
        expectation,
        _replace_cname(evidence, expectation),
    )


def _by_cname(evidence: Evidence, expectation: Expectation) -> Diagnosis | None:
    if not expectation.cname_target or expectation.cname_target not in evidence.chain:
        return None
    return Diagnosis(
        code="ok",
        routing=Routing.OK,
        seen=f"CNAME {' → '.join(evidence.chain)}",
        expected=_expected(evidence, expectation),
        action="Nothing to do.",
        actor=Actor.NOBODY,
    )


def _no_record(evidence: Evidence, expectation: Expectation) -> Diagnosis | None:
    if evidence.chain or evidence.addresses:
        return None
    nothing = evidence.asked is Asked.NXDOMAIN
    return Diagnosis(
        code="no_record" if nothing else "no_address",
        routing=Routing.PENDING,
        seen="No record yet" if nothing else "The name exists, but has no CNAME, A or AAAA record",
        expected=_expected(evidence, expectation),
        action=_add(evidence, expectation),
        actor=_owner(expectation),
    )


def _proxied(evidence: Evidence, expectation: Expectation) -> Diagnosis | None:
    proxies = {name for address in evidence.addresses if (name := _proxy_of(address))}
    # A proxied name shows no CNAME, or one to the proxy itself; any other leads to somebody's site behind it.
    led_on = bool(evidence.chain) and not evidence.chain[-1].endswith(_PROXY_NAMES)
    if not proxies or led_on or _ours(evidence, expectation):
        return None
    proxy = ", ".join(sorted(proxies))
    return Diagnosis(
        code="proxied",
        routing=Routing.PROXIED,
        seen=f"The addresses {', '.join(evidence.addresses)}: these are {proxy}'s",
        expected=_expected(evidence, expectation),
        action=f"Switch {proxy}'s proxy off for {evidence.hostname} (“DNS only”, the grey cloud).",
        actor=_owner(expectation),
    )


def _ours_unknown(evidence: Evidence, expectation: Expectation) -> Diagnosis | None:
    """Addresses decide here, and ours could not be looked up: whose they are is not known."""
    by_address = expectation.apex or not expectation.cname_target
    if not by_address or not evidence.addresses or expectation.addresses:
        return None
    if evidence.chain and expectation.cname_target:
        return None
    seen = f"The address {', '.join(evidence.addresses)}; our own addresses could not be looked up"
    return _unasked(seen, evidence, expectation)


def _by_address(evidence: Evidence, expectation: Expectation) -> Diagnosis | None:
    ours = _ours(evidence, expectation)
    if not ours or (evidence.chain and expectation.cname_target):
        return None
    foreign = [address for address in evidence.addresses if address not in ours]
    if foreign:
        return _fault(
            "mixed_addresses",
            f"Our address {', '.join(sorted(ours))}, but also {', '.join(foreign)}",
            evidence,
            expectation,
            f"Delete the records of {evidence.hostname} that lead to {', '.join(foreign)}.",
        )
    if expectation.cname_target and not expectation.apex:
        return _fault(
            "address_record",
            f"The address {', '.join(evidence.addresses)}, which is ours, but no CNAME record",
            evidence,
            expectation,
            f"Replace the A and AAAA records of {evidence.hostname} by a CNAME record"
            f" to {expectation.cname_target}.",
        )
    return Diagnosis(
        code="ok",
        routing=Routing.OK,
        seen=f"The address {', '.join(evidence.addresses)}",
        expected=_expected(evidence, expectation),
        action="Nothing to do.",
        actor=Actor.NOBODY,
    )


def _elsewhere(evidence: Evidence, expectation: Expectation) -> Diagnosis:
    if evidence.chain:
        return _fault(
            "cname_elsewhere",
            f"CNAME {' → '.join(evidence.chain)}",
            evidence,
            expectation,
            _replace_cname(evidence, expectation),
        )
    return _fault(
        "address_elsewhere",
        f"The address {', '.join(evidence.addresses)}, which is not ours",
        evidence,
        expectation,
        _add(evidence, expectation) + " Delete the records that are there now.",
    )


def _fault(code: str, seen: str, evidence: Evidence, expectation: Expectation, action: str) -> Diagnosis:
    return Diagnosis(
        code=code,
        routing=Routing.WRONG,
        seen=seen,
        expected=_expected(evidence, expectation),
        action=action,
        actor=_owner(expectation),
    )


def _unasked(seen: str, evidence: Evidence, expectation: Expectation) -> Diagnosis:
    return Diagnosis(
        code="could_not_ask",
        routing=Routing.PENDING,
        seen=seen,
        expected=_expected(evidence, expectation),
        action="Nothing to do: we could not ask just now and will ask again.",
        actor=Actor.NOBODY,
    )


def _owner(expectation: Expectation) -> Actor:
    """Who keeps the zone: a name that is confirmed by address alone is the provider's own."""
    return Actor.YOU if expectation.cname_target else Actor.US


def _expected(evidence: Evidence, expectation: Expectation) -> str:
    addresses = ", ".join(sorted(expectation.addresses)) or "our addresses"
    if not expectation.cname_target:
        return f"{evidence.hostname} A/AAAA {addresses}"
    cname = f"{evidence.hostname} CNAME {expectation.cname_target}"
    return f"{cname}, or A/AAAA {addresses} alone" if expectation.apex else cname


def _add(evidence: Evidence, expectation: Expectation) -> str:
    addresses = ", ".join(sorted(expectation.addresses)) or "our addresses"
    if expectation.cname_target and not expectation.apex:
        return f"Add a CNAME record for {evidence.hostname} with the target {expectation.cname_target}."
    return f"Add A and AAAA records for {evidence.hostname} with {addresses}."


def _replace_cname(evidence: Evidence, expectation: Expectation) -> str:
    if expectation.cname_target and not expectation.apex:
        return f"Change the target of the CNAME record of {evidence.hostname} to {expectation.cname_target}."
    addresses = ", ".join(sorted(expectation.addresses)) or "our addresses"
    return f"Replace the CNAME record of {evidence.hostname} by A and AAAA records with {addresses}."


def _ours(evidence: Evidence, expectation: Expectation) -> set[str]:
    return set(expectation.addresses).intersection(evidence.addresses)


def _proxy_of(address: str) -> str | None:
    parsed = ipaddress.ip_address(address)
    return next((name for name, network in _NETWORKS if parsed in network), None)
