"""Rules about proxies: one stands in front of the name, or sends its visitors in circles."""

from urllib.parse import urlsplit

from edge.dns.case import Case
from edge.dns.proxies import CLOUDFLARE, is_cloudflare, named_by, proxy_of
from store.diagnosis import Actor, Diagnosis, Routing
from store.dns_answers import Probe

OURS_ANSWERS = 200
"""The status of our own answer at the path that is asked for."""
KEEPING_IT = "set the name to stand behind Cloudflare, under Certificate, and upload a certificate for it"


def in_circles(case: Case) -> Diagnosis | None:
    """Row 39: over HTTPS the proxy hands on our redirect from plain HTTP to that very address."""
    probes = case.survey.probes if case.survey else ()
    circling = next((probe for probe in probes if _to_itself(probe, case.name)), None)
    if circling is None:
        return None
    proxy = proxy_of(circling.address) or "The proxy"
    seen = (
        f"{proxy} at {circling.address} answers {circling.status} and sends visitors of https://{case.name}"
        f" to the page that they are on: it reaches us over plain HTTP, which leads back to HTTPS"
    )
    if proxy == CLOUDFLARE:
        action = (
            f"In Cloudflare, under SSL/TLS, set the encryption mode of {case.zone} from Flexible to Full."
        )
    else:
        action = f"Let {proxy} reach us over HTTPS."
    return case.finding("proxy_loop", Routing.PROXIED, seen, action)


def on_purpose(case: Case) -> Diagnosis | None:
    """Row 17's other way: its admin wants Cloudflare before the name, which must then lead to us."""
    if not case.expectation.behind_proxy or not _at_cloudflare(case):
        return None
    probes = case.survey.probes if case.survey else ()
    strayed = next((probe for probe in probes if probe.status not in (None, OURS_ANSWERS)), None)
    if strayed is None:
        seen = f"{case.address_words}, which is Cloudflare’s, as this name is set to have it"
        return case.finding("behind_proxy", Routing.OK, seen, "Nothing to do.", Actor.NOBODY)
    seen = f"Cloudflare at {strayed.address} answers {strayed.status} where our own page should be"
    action = (
        f"In Cloudflare, let the proxied record of {case.name} lead to {case.expectation.cname_target},"
        " and keep rules and pages of other products off its paths."
    )
    return case.finding("proxy_elsewhere", Routing.PROXIED, seen, action)


def proxied(case: Case) -> Diagnosis | None:
    """Row 17."""
    chain = case.evidence.chain
    found = {name for address in case.evidence.addresses if (name := proxy_of(address))}
    by_name = named_by(chain[-1]) if chain else None
    # A proxied name shows no CNAME, or one to the proxy itself; any other leads to somebody's site behind it.
    if case.ours or not (by_name or found) or (chain and not by_name):
        return None
    proxy = by_name or ", ".join(sorted(found))
    at = case.address_words if case.evidence.addresses else case.chain_words
    verb = "these are" if len(case.evidence.addresses) > 1 else "this is"
    switch = f"Switch {proxy}’s proxy off for {case.name}"
    action = f"{switch} (“DNS only”, the grey cloud)." if proxy == CLOUDFLARE else f"{switch}. {case.add}"
    if proxy == CLOUDFLARE:
        action += f" Or keep it: {KEEPING_IT}."
    return case.finding("proxied", Routing.PROXIED, f"{at}: {verb} {proxy}’s{_answered(case)}", action)


def _answered(case: Case) -> str:
    """Row 18: what stood where our own page should be."""
    probes = case.survey.probes if case.survey else ()
    other = next((probe for probe in probes if probe.status not in (None, OURS_ANSWERS)), None)
    if other is None:
        return ""
    server = f" ({other.server})" if other.server else ""
    return f". At {other.address} something else answers where our own page should be: {other.status}{server}"


def _at_cloudflare(case: Case) -> bool:
    """Whether the name leads to Cloudflare's proxy, and nowhere else."""
    chain, addresses = case.evidence.chain, case.evidence.addresses
    if chain and named_by(chain[-1]) != CLOUDFLARE:
        return False
    return bool(addresses) and all(map(is_cloudflare, addresses))


def _to_itself(probe: Probe, name: str) -> bool:
    if probe.status not in (301, 302, 303, 307, 308):
        return False
    try:
        parts = urlsplit(probe.location)
    except ValueError:
        return False
    here = (parts.scheme, (parts.hostname or "").lower(), parts.path)
    return here == ("https", name, probe.path)
