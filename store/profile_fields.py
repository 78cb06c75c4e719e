"""Profile fields: what customers see and may change of each of their details; a setting of the portal a field."""

from enum import StrEnum

from store.accounts import EDITABLE


class Policy(StrEnum):
    """What a field is to its customer."""

    HIDDEN = "hidden"
    READ = "read"
    EDIT = "edit"
    APPROVE = "approve"
    """They ask for a change, which waits until an admin has looked at it."""

    @property
    def is_shown(self) -> bool:
        return self is not Policy.HIDDEN

    @property
    def may_change(self) -> bool:
        """Whether a customer may write it, at once or by asking."""
        return self in (Policy.EDIT, Policy.APPROVE)


SETTINGS = {field: f"field_{field}" for field in EDITABLE}
"""The setting of each field."""
