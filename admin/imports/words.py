"""Words: kinds, states and counts of imports as people say them; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal import formats
from store.attempts import Attempt
from store.batches import Batch
from store.import_jobs import Job

KINDS: Mapping[str, str] = {
    "customers": "Customers",
    "mandates": "Mandates",
    "invoices": "Invoices",
    "invoice_lines": "Invoice lines",
    "payments": "Payments",
    "allocations": "Allocations",
    "calls": "Calls",
    "documents": "PDF documents",
}
HINTS: Mapping[str, str] = {
    "customers": "one row a customer, known by its reference",
    "mandates": "one row a Direct Debit or card that collects; no more of an account than its last four digits",
    "invoices": "one row an invoice or credit note",
    "invoice_lines": "all lines of each invoice in the file",
    "payments": "one row a payment",
    "allocations": "which part of a payment settles which invoice",
    "calls": "one row a call, message or data session",
    "documents": "a ZIP of PDFs, each named by its invoice's number",
}
PHASES: Mapping[str, str] = {
    "read": "Reading the file",
    "check": "Checking and sorting",
    "compare": "Comparing with what is there",
    "merge": "Bringing it in",
}
FIELDS: Mapping[str, str] = {
    "email": "E-mail",
    "phone": "Telephone",
    "address1": "Address, line 1",
    "address2": "Address, line 2",
    "town": "Town",
    "county": "County",
    "postcode": "Postcode",
    "country": "Country",
}
COLUMNS: Mapping[str, str] = {
    "po_number": "PO number",
    "cli": "CLI",
    "external_id": "External ID",
    "payment_external_id": "Payment’s external ID",
    "due": "Due date",
    "collected_on": "Day of collection",
    "failure": "Why it failed",
    "account_ending": "Last four digits of the account",
    "is_default": "The one that collects",
    "collection_day": "Day of the month for collections",
    "signed_on": "Set up on",
    "tax": "VAT",
    "tax_code": "VAT code",
    "tax_rate": "VAT rate",
    "gross": "Total with VAT",
    "credits_invoice": "Invoice that it credits",
}
SORTS: Mapping[str, str] = {"invoice": "Invoices", "credit_note": "Credit notes"}


@dataclass(frozen=True, slots=True)
class State:
    """A state in a word or two; `tone` names its colour."""

    word: str
    tone: str


def of_batch(batch: Batch) -> State:
    """Where a batch stands."""
    return _BATCHES[batch.state]


def of_attempt(attempt: Attempt, job: Job | None) -> State:
    """Where an attempt stands; its job knows what the attempt itself cannot."""
    if job and job.state == "cancelled":
        return State("Cancelled", "void")
    if job and job.open and job.cancelled_by:
        return State("Being cancelled", "busy")
    return _ATTEMPTS[attempt.state]


def kind(name: str) -> str:
    """A kind of file, as its page is headed."""
    return KINDS.get(name, name.replace("_", " ").capitalize())


def sort(name: str) -> str:
    """A sort of rows within a kind of file."""
    return SORTS.get(name, name.replace("_", " ").capitalize()) or "All rows"


def column(name: str) -> str:
    """One of our columns, as a form labels it."""
    words = name.replace("_", " ")
    return FIELDS.get(name) or COLUMNS.get(name) or words[:1].upper() + words[1:]


def size(count: int) -> str:
    """A file's size."""
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= factor:
            return f"{count / factor:,.1f} {unit}"
    return f"{count:,} byte{'' if count == 1 else 's'}"


def month(text: str) -> str:
    """2026-11 as November 2026."""
    return formats.month(date.fromisoformat(f"{text}-01"))


def several(count: int, one: str, many: str = "") -> str:
    """1 row, 1,204 rows."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """A reason, as it begins and ends when it stands alone."""
    text = text.strip()
    return text and text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def in_the_console(reason: str) -> str:
    """A reason as the console says it: choices on the file's page instead of words of the command line."""
    for told, choice in _CHOICES:
        reason = reason.replace(told, choice)
    return reason


_CHOICES = (
    ("say --dates dmy", "choose “22/11/2026, the day first” for its dates"),
    ("say --amounts marked", "choose “£1,234.50” for its amounts"),
    ("say --numbers excel", "choose “cut by Excel: repair” for its numbers"),
    ("say --numbers exact", "choose “as they stand” for its numbers"),
    ("say --encoding cp1252", "choose “Windows” for its characters"),
    ("leave --encoding cp1252 out", "choose “UTF-8” for its characters"),
    ("say --zone Europe/London", "choose the zone of times without offset"),
    ("say --delimiter semicolon", "choose semicolons between its cells"),
    ("say --delimiter tab", "choose tabs between its cells"),
    ("say --delimiter bar", "choose bars between its cells"),
)
_BATCHES = {
    "staging": State("Coming in", "busy"),
    "draft": State("Draft", "warn"),
    "published": State("Published", "good"),
    "withdrawn": State("Withdrawn", "void"),
    "abandoned": State("Broken off", "void"),
}
_ATTEMPTS = {
    "waiting": State("Waiting", "busy"),
    "running": State("Running", "busy"),
    "checked": State("Checked", "good"),
    "imported": State("Imported", "good"),
    "refused": State("Refused", "bad"),
    "failed": State("Failed", "bad"),
}
