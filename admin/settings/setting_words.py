"""Setting words: each setting and its values as people read them; pure."""

from admin.settings.details_form import POLICIES
from portal.profile.words import LABELS
from store.bill.rounding import Rounding
from store.brand import PICTURES
from store.profile_fields import SETTINGS, Policy
from store.setting_changes import Clash, Fields
from store.setting_values import Value

WORDS = {
    "enabled": "Customer portal",
    "label": "Customer portal address",
    "use_external": "Use external sub-domain",
    "theme_colour": "Theme colour",
    "logo_light": "Logo for light pages",
    "logo_dark": "Logo for dark pages",
    "favicon": "Icon",
    "sign_in_headline": "Headline of the sign-in page",
    "sign_in_text": "Text of the sign-in page",
    "allow_registration": "Allow customer registration",
    "approve_registrations": "An admin approves registrations",
    "show_invoices": "Page: invoices",
    "show_payments": "Page: payments",
    "show_calls": "Page: calls",
    "show_profile": "Page: details",
    "list_free_calls": "Free calls to freephone numbers and helplines are listed",
    "label_invoices": "Menu label of invoices",
    "label_payments": "Menu label of payments",
    "label_calls": "Menu label of calls",
    "label_profile": "Menu label of details",
    "terms_label": "Label of the terms",
    "terms_url": "Link to the terms",
    "privacy_label": "Label of the privacy notice",
    "privacy_url": "Link to the privacy notice",
    "contact_label": "Label of the contact page",
    "contact_url": "Link to the contact page",
    "session_minutes": "Session length",
    "require_second_factor": "Second factor required",
    "company_number": "Company number",
    "vat_number": "VAT number",
    "address": "Address",
    "phone": "Telephone",
    "email": "E-mail address",
    "payment_details": "Payment details",
    "pay_url": "Pay link",
    "rounding": "Rounding of call charges",
    "round_each_call": "Each call is rounded by itself",
    "opening_hours": "Opening hours",
    "complaints_url": "Complaints code",
    "adr_scheme": "Dispute-resolution scheme",
    "adr_url": "Address of the dispute-resolution scheme",
}
FIELDS = {setting: f"Customers’ details: {LABELS[field]}" for field, setting in SETTINGS.items()}
ROUNDINGS = {
    Rounding.HALF_UP: "To the nearest penny, a half away from zero (the usual rule)",
    Rounding.HALF_EVEN: "To the nearest penny, a half to the even penny (bankers’ rounding)",
    Rounding.UP: "Always up to the next penny",
    Rounding.DOWN: "Always down: the part of a penny is dropped",
}


def setting(name: str) -> str:
    """The name of a setting."""
    return WORDS.get(name) or FIELDS.get(name, name)


def value(name: str, given: Value) -> str:
    """A value of a setting."""
    if isinstance(given, bool):
        return "On" if given else "Off"
    if name == "session_minutes":
        return f"{given} minutes"
    if name in PICTURES and given:
        return f"picture {str(given)[:6]}"
    if name == "rounding":
        return ROUNDINGS[Rounding(str(given))]
    if name in FIELDS:
        return POLICIES[Policy(str(given))][0]
    between = " / " if name == "sign_in_text" else ", "
    return between.join(str(given).splitlines()) or "empty"


def rows(fields: Fields) -> list[tuple[str, str, str]]:
    """A change as rows: setting, before, after."""
    return [
        (setting(name), value(name, before), value(name, after)) for name, (before, after) in fields.items()
    ]


def clash(found: Clash) -> str:
    """What another changed meanwhile, as a sentence."""
    before, after = found.change.fields.get(found.name, ("", ""))
    return (
        f"{found.change.changed_by} changed “{setting(found.name)}” from {value(found.name, before)}"
        f" to {value(found.name, after)}."
    )
