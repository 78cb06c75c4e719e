"""Words: states as the API spells them, in camelCase; on the way in every spelling that imports know is taken."""

from typing import Any, Literal

InvoiceStatus = Literal["outstanding", "partlySettled", "settled", "void"]
InvoiceKind = Literal["invoice", "creditNote"]
LineKind = Literal["recurring", "oneOff", "usage", "credit"]
TaxCode = Literal["standard", "reduced", "zero", "exempt", "reverseCharge"]
PaymentStatus = Literal[
    "pendingApproval",
    "pendingSubmission",
    "submitted",
    "confirmed",
    "paidOut",
    "failed",
    "cancelled",
    "chargedBack",
    "denied",
]
MandateScheme = Literal["bacs", "sepa", "card"]
MandateStatus = Literal["pending", "active", "cancelled", "failed", "expired"]
CustomerType = Literal["business", "consumer", "reseller"]
CallType = Literal["voice", "sms", "mms", "data"]
Direction = Literal["outbound", "inbound"]


def camel(stored: str) -> Any:
    """partly_settled -> partlySettled; as the one of its words that it is."""
    first, *rest = stored.split("_")
    return first + "".join(word.capitalize() for word in rest)


def snake(spoken: str) -> str:
    """partlySettled -> partly_settled"""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in spoken)
