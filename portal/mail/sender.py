"""Sender: who a mail is from: the organisation's own address once it is verified, else the provider's."""

from dataclasses import dataclass
from email.headerregistry import Address

from portal.mail.plain import display_name
from store.portals import Portal


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider as a sender; `console_origin` and `public_port` are for links."""

    name: str
    address: str
    support_email: str
    console_origin: str
    public_port: int


@dataclass(frozen=True, slots=True)
class Sender:
    """The From and Reply-To of a mail; `reply_to` is empty where answers go to the sender."""

    sender: str
    reply_to: str


def sender_of(portal: Portal, provider: Provider) -> Sender:
    """An organisation's sender: its verified address, or the provider's in its name with answers to itself."""
    reply_to = portal.mail_reply_to or portal.email
    if portal.mail_from and portal.mail_from_verified_at:
        return Sender(_named(portal.name, portal.mail_from), portal.mail_reply_to)
    return Sender(_named(portal.name, provider.address), reply_to)


def provider_sender(provider: Provider) -> Sender:
    """The provider in its own name: to staff."""
    return Sender(_named(provider.name, provider.address), provider.support_email)


def _named(name: str, address: str) -> str:
    local, _, domain = address.rpartition("@")
    return str(Address(display_name(name), username=local, domain=domain))
