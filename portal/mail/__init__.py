"""Mail: letters in words, as text and HTML; facts in, a `Letter` out. `store.outbox` keeps them, one job sends.

head = of_portal(portal, origin)
message = access.reset(head, path=..., secret=token, minutes=30).to(email, sender_of(portal, provider))
outbox.put(db, organisation_id, message, now)
"""

from portal.mail import access, billing, duties, notices
from portal.mail.letter import Content, Invitation, Letter, Link
from portal.mail.letterhead import Letterhead, of_portal, of_provider
from portal.mail.sender import Provider, Sender, provider_sender, sender_of
from portal.mail.to_admins import access_path, post_to_admins, tell_admins
from store.outbox import is_address

__all__ = [
    "Content",
    "Invitation",
    "Letter",
    "Letterhead",
    "Link",
    "Provider",
    "Sender",
    "access",
    "access_path",
    "billing",
    "duties",
    "is_address",
    "notices",
    "of_portal",
    "of_provider",
    "post_to_admins",
    "provider_sender",
    "sender_of",
    "tell_admins",
]
