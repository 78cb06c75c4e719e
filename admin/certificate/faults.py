"""Faults: why an uploaded certificate cannot be used, each in words of its own: what is wrong, and what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` is for scripts; `seen` says what is wrong and where, `action` what to do."""

    code: str
    seen: str
    action: str

    def __str__(self) -> str:
        return f"{self.seen} {self.action}"


NO_CERTIFICATE = Fault(
    "no_certificate",
    "There is no certificate in what you sent.",
    "Paste the file with “-----BEGIN CERTIFICATE-----” and everything up to the last “-----END CERTIFICATE-----”.",
)
NO_KEY = Fault(
    "no_key",
    "There is no private key in what you sent.",
    "Paste the key too, with its lines “-----BEGIN PRIVATE KEY-----” and “-----END PRIVATE KEY-----”.",
)
SEVERAL_KEYS = Fault(
    "several_keys",
    "There is more than one private key in what you sent.",
    "Send the one that belongs to the certificate.",
)
KEY_ENCRYPTED = Fault(
    "key_encrypted",
    "The private key is protected by a pass phrase.",
    "Take it off first, such as with: openssl pkey -in key.pem -out plain.pem. We encrypt the key ourselves.",
)
KEY_UNREADABLE = Fault(
    "key_unreadable",
    "The private key cannot be read.",
    "Copy the whole file, unchanged, as your certificate authority or your server gave it.",
)
NOT_PEM = Fault(
    "not_pem",
    "This is a binary file (PKCS#12 or DER), and we read PEM.",
    "Turn it into PEM, such as with: openssl pkcs12 -in file.pfx -nodes -out file.pem",
)
A_REQUEST = Fault(
    "a_request",
    "This is a certificate signing request, not a certificate.",
    "Send it to your certificate authority; what comes back is what belongs here.",
)
TOO_MANY = Fault(
    "too_many",
    "There are more than ten certificates in what you sent.",
    "Send the one for this name and those of the authorities between it and the root.",
)


def unreadable(number: int) -> Fault:
    """The certificate at this place, from 1, is none."""
    return Fault(
        "certificate_unreadable",
        f"Certificate number {number} of what you sent cannot be read.",
        "Copy the whole file, unchanged, with nothing left out between its first and its last line.",
    )


def key_mismatch(names: str) -> Fault:
    """No certificate belongs to the key."""
    return Fault(
        "key_mismatch",
        f"The private key does not belong to the certificate for {names}.",
        "Send the key with which the certificate was asked for.",
    )


def name_missing(hostname: str, names: str) -> Fault:
    """The certificate is for other names."""
    return Fault(
        "name_missing",
        f"The certificate is for {names}, not for {hostname}.",
        f"Ask your certificate authority for one that names {hostname}.",
    )


def expired(day: str) -> Fault:
    """The certificate has ended."""
    return Fault("expired", f"The certificate ended on {day}.", "Send one that is valid now.")


def not_yet(day: str) -> Fault:
    """The certificate has not begun."""
    return Fault("not_yet_valid", f"The certificate is valid from {day} on.", "Send it again from then on.")


def authority_expired(name: str, day: str) -> Fault:
    """One of the chain has ended."""
    return Fault(
        "authority_expired",
        f"The certificate of the authority “{name}”, which is part of the chain, ended on {day}.",
        "Send the chain that your certificate authority gives out today.",
    )


def weak_key(kind: str) -> Fault:
    """Browsers or sense refuse the key."""
    return Fault(
        "weak_key",
        f"The certificate's key is {kind}, which browsers do not accept or which can be broken.",
        "Make a new key (ECDSA P-256, or RSA with 2,048 bits or more) and have the certificate issued for it.",
    )


def weak_signature(name: str, algorithm: str) -> Fault:
    """A signature that nobody trusts any more."""
    return Fault(
        "weak_signature",
        f"The certificate of “{name}” is signed with {algorithm}, which browsers do not trust any more.",
        "Ask your certificate authority for one that is signed with SHA-256.",
    )


def wrong_use(what: str) -> Fault:
    """A certificate that is not for servers."""
    return Fault("wrong_use", f"The certificate is {what}.", "Send one for a web server.")


MUST_STAPLE = Fault(
    "must_staple",
    "The certificate asks for a stapled OCSP answer (“must staple”), which we do not send.",
    "Have it issued without that.",
)


def chain_short(issuer: str) -> Fault:
    """An authority between the certificate and a root is missing."""
    return Fault(
        "chain_short",
        f"The certificate of “{issuer}”, which signed yours, is missing, so browsers cannot tell whom to trust.",
        "Paste the whole chain (often called “full chain” or “CA bundle”): yours first, then those of the authorities.",
    )


def self_signed(name: str) -> Fault:
    """Nobody vouches for it."""
    return Fault(
        "self_signed",
        f"“{name}” signed the certificate itself, so no browser trusts it.",
        "Use one of a certificate authority, or leave it to us: we get one without cost.",
    )


def not_trusted(reason: str) -> Fault:
    """What a visitor's side said."""
    return Fault(
        "not_trusted",
        f"We tried a connection with it, and a visitor's side refused: {reason}.",
        "Use one of a certificate authority that browsers trust, with its whole chain.",
    )


def origin_ca() -> Fault:
    """Cloudflare's own, where no proxy of theirs stands."""
    return Fault(
        "origin_ca",
        "This is a Cloudflare Origin CA certificate: only Cloudflare’s proxy trusts it, not your customers’ browsers.",
        "Say first that this name stands behind Cloudflare, or use a certificate that browsers trust.",
    )
