"""Rules: who may be removed; pure."""

from store.staff import Member, Role

OWN = "You cannot remove yourself. Somebody else of the staff can."
LAST = "This is the only operator who can sign in. Add another one first."


def reason_against(visitor: Member, member: Member, operators: int) -> str | None:
    """Why somebody cannot be removed by the visitor, in words; None: they can. `operators` can sign in."""
    if visitor.id == member.id:
        return OWN
    if member.role is Role.OPERATOR and not member.invited and operators <= 1:
        return LAST
    return None
