"""Reading: what a DNS message says, as an answer that is kept; pure."""

from dataclasses import replace
from itertools import islice

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from store.dns_answers import Answer, Outcome, Record, View

MAX_RECORDS = 50
MAX_VALUE = 1000
"""Of one answer, what is kept: a zone's owner decides on the rest."""


def read(blank: Answer, message: dns.message.Message, *, recursion: bool) -> Answer:
    """An answer filled in from a reply; `recursion` says whether a server may speak for others' zones."""
    found = (
        Record(text_of(rrset.name), dns.rdatatype.to_text(rrset.rdtype), _value(record), rrset.ttl)
        for rrset in message.answer
        for record in rrset
    )
    records = tuple(islice(found, MAX_RECORDS))
    outcome, negative_ttl = _meaning(message, recursion=recursion), None
    if blank.view is View.DELEGATION and is_referral(message):
        outcome = Outcome.REFERRAL
    if outcome.answered and not records:
        negative_ttl = _negative_ttl(message)
    return replace(
        blank,
        outcome=outcome,
        records=records if outcome.answered else (),
        negative_ttl=negative_ttl,
        authenticated=bool(message.flags & dns.flags.AD),
        detail=_said(message),
    )


def _meaning(message: dns.message.Message, *, recursion: bool) -> Outcome:
    code = message.rcode()
    named = {dns.rcode.SERVFAIL: Outcome.SERVFAIL, dns.rcode.REFUSED: Outcome.REFUSED}
    if code in named:
        return named[code]
    if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return Outcome.MALFORMED
    if not recursion and not message.flags & dns.flags.AA:
        return Outcome.LAME
    if code == dns.rcode.NXDOMAIN:
        return Outcome.NXDOMAIN
    if not message.answer and is_referral(message):
        return Outcome.LAME
    return Outcome.RECORDS if message.answer else Outcome.EMPTY


def is_referral(message: dns.message.Message) -> bool:
    """Whether a reply only names other servers to ask."""
    kinds = {rrset.rdtype for rrset in message.authority}
    return not message.answer and dns.rdatatype.NS in kinds and dns.rdatatype.SOA not in kinds


def _negative_ttl(message: dns.message.Message) -> int | None:
    soas = [rrset for rrset in message.authority if rrset.rdtype == dns.rdatatype.SOA]
    return min((min(rrset.ttl, rrset[0].minimum) for rrset in soas), default=None)


def _said(message: dns.message.Message) -> str:
    """What the server adds by RFC 8914."""
    errors = [option for option in message.options if isinstance(option, dns.edns.EDEOption)]
    return "; ".join(f"EDE {int(error.code)} {error.text or ''}".strip() for error in errors)[:200]


def text_of(name: object) -> str:
    """A name as it is compared: in lower case, without a final dot."""
    return str(name).lower().removesuffix(".")


def _value(record: object) -> str:
    """Names are compared in lower case; texts and CAA values stay as they are written."""
    text = str(record)[:MAX_VALUE]
    return text if '"' in text else text.lower().removesuffix(".")
