"""Owner: somebody who signs in: whose a session or a second factor is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """A member of staff, or a user of an organisation; made by `of_staff` or `of_user`."""

    staff_id: int | None
    organisation_id: int | None
    user_id: int | None

    @property
    def actor(self) -> str:
        """How the audit names them: staff:3, user:17."""
        return f"staff:{self.staff_id}" if self.user_id is None else f"user:{self.user_id}"

    @property
    def condition(self) -> str:
        """The SQL that chooses their rows; its parameters are `values`."""
        if self.user_id is None:
            return "staff_id = :staff_id"
        return "+organisation_id = :organisation_id AND user_id = :user_id"  # by the index of users

    @property
    def values(self) -> dict[str, int | None]:
        """The ids as SQL parameters."""
        return {
            "staff_id": self.staff_id,
            "organisation_id": self.organisation_id,
            "user_id": self.user_id,
        }


def of_staff(staff_id: int) -> Owner:
    """A member of staff."""
    return Owner(staff_id, None, None)


def of_user(organisation_id: int, user_id: int) -> Owner:
    """A user of an organisation's portal."""
    return Owner(None, organisation_id, user_id)
