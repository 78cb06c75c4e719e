"""Paying preview: what customers will see of how to pay, with what stands in the form; made-up amounts."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from admin.settings.forms import SeenForm
from portal.payments.paying import Paying, paying
from store.collecting import Owed, Part, Way
from store.mandates import Mandate, Scheme, Status
from store.money import Money
from store.portals import Portal

REFERENCE = "A1001"
NUMBER = "INV-1001"
MINOR = 4820


@dataclass(frozen=True, slots=True)
class Preview:
    """The two sorts of customers: who pay themselves, and who are collected from."""

    amount: Money
    by_hand: Paying
    collected: Paying


def preview(portal: Portal, form: SeenForm, today: date) -> Preview:
    """What they see of one invoice of £48.20; a link that is no good is as none."""
    details, url = (str(form.typed.get(name) or "") for name in ("payment_details", "pay_url"))
    shown = replace(portal, payment_details=details, pay_url=url)
    amount = Money(MINOR, portal.currency)
    owed = Owed("", NUMBER, amount, today + timedelta(days=14))
    by_hand = Part(owed, amount, Way.BY_HAND)
    collected = replace(by_hand, way=Way.COLLECTED, day=owed.due_on, mandate=_SAMPLE)
    return Preview(
        amount,
        paying(shown, [by_hand], REFERENCE, today),
        paying(shown, [collected], REFERENCE, today),
    )


_SAMPLE = Mandate(
    mandate_id=0,
    external_id="",
    scheme=Scheme.BACS,
    provider="",
    bank="Barclays",
    account_ending="4021",
    status=Status.ACTIVE,
    is_default=True,
    collection_day=None,
    signed_on=None,
)
