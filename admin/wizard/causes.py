"""Causes: why no certificate was issued, in words: what happened, what to do, who does it; pure."""

from dataclasses import dataclass

from store.diagnosis import Actor


@dataclass(frozen=True, slots=True)
class Explanation:
    """A failed issuance for the admin."""

    happened: str
    action: str
    actor: Actor


def explain(cause: str) -> Explanation:
    """The words for the cause that the issuance left."""
    return _EXPLANATIONS.get(cause, _UNEXPLAINED)


_CA_DOWN = Explanation(
    "The certificate authority did not answer as it should.",
    "Nothing to do: this is not your fault, and we try again by ourselves.",
    Actor.CA,
)
_UNSEEN = Explanation(
    "The certificate authority could not reach us by your name.",
    "A firewall, a proxy or a second record may stand between. Mend it, then check again.",
    Actor.YOU,
)
_UNEXPLAINED = Explanation(
    "The certificate could not be issued.",
    "We try again by ourselves; if it goes on failing, write to us with the details below.",
    Actor.US,
)
_LIMITED = Explanation(
    "The certificate authority issues only so many certificates in a while, and that number is reached.",
    "Nothing to do: we try again by ourselves when the time below has come.",
    Actor.CA,
)
_CAA = Explanation(
    "A CAA record of your domain does not let our certificate authority issue for it.",
    "Add our certificate authority to the CAA records, or remove them.",
    Actor.YOU,
)
_EXPLANATIONS = {
    "held": Explanation(
        "We have restored our data from a backup and are checking it; until then no certificate is ordered.",
        "Nothing to do: it goes on by itself.",
        Actor.US,
    ),
    "ca:rateLimited": _LIMITED,
    "limit:orders": _LIMITED,
    "limit:registered_domain": Explanation(
        "The certificate authority issues only so many certificates a week for one domain, and yours has had them.",
        "Nothing to do: we try again by ourselves when the time below has come.",
        Actor.CA,
    ),
    "limit:same_names": Explanation(
        "The certificate authority has issued for this very name several times within a week.",
        "Nothing to do: we try again by ourselves when the time below has come; or choose another address.",
        Actor.CA,
    ),
    "limit:failed_authorizations": Explanation(
        "The certificate authority looked at this name several times within the hour and did not find us.",
        "See that the record is right; we try again by ourselves when the time below has come.",
        Actor.YOU,
    ),
    "limit:consecutive_failures": Explanation(
        "The certificate authority has paused this name after very many failures in a row.",
        "Write to us: it has to be resumed there.",
        Actor.US,
    ),
    "limit:organisation": Explanation(
        "Your organisation has asked for many certificates within a few hours.",
        "Nothing to do: we try again by ourselves when the time below has come.",
        Actor.NOBODY,
    ),
    "ca:caa": _CAA,
    "ca:rejectedIdentifier": Explanation(
        "The certificate authority does not issue for this name.",
        "Choose another address.",
        Actor.YOU,
    ),
    "ca:dns": Explanation(
        "The certificate authority could not look your name up.",
        "The name servers of your domain may be slow or differ. We try again by ourselves.",
        Actor.DNS_HOST,
    ),
    "ca:perspectives": Explanation(
        "The certificate authority looks from several places of the world, and some of them saw something else.",
        "Remove what answers differently by country or network for this name. We try again by ourselves.",
        Actor.YOU,
    ),
    "preflight:caa_forbids": _CAA,
    "preflight:caa_pins": _CAA,
    "preflight:http": Explanation(
        "Something else than us answers on port 80 of our address, so the certificate authority would not find us.",
        "Nothing to do for you: we look again every few seconds, and order as soon as it is mended.",
        Actor.US,
    ),
    "suspended": Explanation(
        "The organisation is suspended.",
        "Write to us to have it resumed.",
        Actor.US,
    ),
    "ca:connection": _UNSEEN,
    "ca:unauthorized": _UNSEEN,
    "ca:incorrectResponse": _UNSEEN,
    "ca:unreachable": _CA_DOWN,
    "ca:timeout": _CA_DOWN,
    "ca:malformed": _CA_DOWN,
    "ca:serverInternal": _CA_DOWN,
    "deadline": _CA_DOWN,
}
