"""Proof: whether the world, going by the DNS, reaches this very installation under a hostname over HTTPS."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proved:
    """Every address found was reached, with a trusted certificate for the name and our unguessable value."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotProved:
    """The first address that failed, and how; empty when the name did not resolve."""

    address: str
    reason: str
