"""The form of customers' details: what they see and may change of each field."""

from wtforms import Field, StringField
from wtforms.validators import AnyOf

from admin.settings.forms import SeenForm
from portal.profile.words import LABELS
from store.profile_fields import SETTINGS, Policy

POLICIES = {
    Policy.HIDDEN: ("Hidden", "Not on the page, not in the change log, not in what customers download."),
    Policy.READ: ("Shown", "Customers see it, and get in touch with you to change it."),
    Policy.EDIT: ("Edit", "Customers change it, and the change stands at once."),
    Policy.APPROVE: (
        "Edit with approval",
        "Customers ask for a change; it waits under Approvals for one of you.",
    ),
}
"""What a policy is called, and what it means."""


def _rule(field: str) -> StringField:
    return StringField(LABELS[field], [AnyOf(tuple(Policy), f"{LABELS[field]}: choose one of the four.")])


class DetailsForm(SeenForm):
    """A policy for each field."""

    field_email = _rule("email")
    field_phone = _rule("phone")
    field_address1 = _rule("address1")
    field_address2 = _rule("address2")
    field_town = _rule("town")
    field_county = _rule("county")
    field_postcode = _rule("postcode")
    field_country = _rule("country")

    @property
    def rules(self) -> list[Field]:
        """The fields of the table."""
        return [self[setting] for setting in SETTINGS.values()]

    @property
    def policies(self) -> dict[Policy, tuple[str, str]]:
        """The columns of the table."""
        return POLICIES
