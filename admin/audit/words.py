"""Words: what stands in the audit as a code, as people say it; pure. A code without words is shown as it is."""

from collections.abc import Mapping
from dataclasses import dataclass

PHRASES: Mapping[str, str] = {
    "account.change_approved": "approved the change of details of {}",
    "account.change_asked": "asked for a change of details of {}",
    "account.change_refused": "refused the change of details of {}",
    "account.change_taken_back": "took back the change of details of {}",
    "account.edit": "changed the details of {}",
    "account.taken_out": "downloaded all data of {}",
    "api_token.made": "made the API token {}",
    "api_token.revoked": "revoked the API token {}",
    "batch.drafted": "brought in {}, as a draft",
    "batch.publish": "published {}",
    "batch.published": "brought in {} and published it",
    "batch.withdraw": "withdrew {}",
    "branding.discarded": "discarded a draft of the branding",
    "branding.drafted": "drafted a change of the branding",
    "branding.published": "published the branding that was drafted",
    "calls.downloaded": "downloaded calls of {}",
    "calls.itemisation_chosen": "chose how calls of {} are listed",
    "calls.retention_applied": "removed {}, past their retention",
    "calls.retention_set": "set how long calls are kept",
    "certificate.revoked": "revoked the certificate of {}",
    "certificate.uploaded": "uploaded a certificate for {}",
    "certificate.withdrawn": "took the own certificate of {} out of use",
    "customer.erased": "erased the personal data of {}",
    "customer.erased_wholly": "erased all of {}",
    "customer.erasure_asked": "asked for the erasure of {}",
    "customers.bulk_invite": "invited customers in bulk",
    "customers.bulk_reactivate": "reactivated customers in bulk",
    "customers.bulk_resend": "sent invitations again in bulk",
    "customers.bulk_suspend": "suspended customers in bulk",
    "details.edits_exported": "downloaded the changes of details",
    "details.kept_customer": "kept what {} says against an import",
    "details.kept_source": "took what an import says of {}",
    "domain.added": "registered the address {}",
    "domain.checked": "had the record of {} looked at",
    "domain.claim_given_up": "gave up the claim to {}",
    "domain.claimed": "asked for {}, which is in use elsewhere",
    "domain.changed": "moved the portal to {}",
    "domain.completion_asked": "asked to complete {}",
    "domain.link_revoked": "took back {}",
    "domain.records_mailed": "mailed the records of {} to whoever runs its DNS",
    "domain.freed": "let go of {}, which never led here",
    "domain.lost": "lost {} to an organisation that proved it",
    "domain.removed": "removed the address {}",
    "domain.taken": "proved that {} is theirs",
    "domain.way_set": "set how visitors come to {}",
    "export.asked": "asked for an export of everything",
    "export.downloaded": "downloaded an export",
    "import.asked": "began the import {}",
    "import.cancelled": "cancelled the import {}",
    "import.file_removed": "removed the file of the import {}",
    "invoices.downloaded": "downloaded invoices of {}",
    "mail.cancel": "cancelled {}",
    "mail.retry": "sent {} again",
    "mail.sender_changed": "changed the sender of mails",
    "mail.sender_verified": "proved the sender of mails",
    "mail.test": "sent a test mail",
    "mailing.asked": "sent invoices by mail: {}",
    "mailing.settings_changed": "changed what goes by mail by itself",
    "mailing.stopped": "stopped {}",
    "membership.taken": "took on {}",
    "membership.turned_down": "turned down {}",
    "organisation.added": "added the organisation {}",
    "organisation.resumed": "resumed the organisation {}",
    "organisation.suspended": "suspended the organisation {}",
    "portal.disabled": "closed the portal",
    "portal.enabled": "opened the portal",
    "portal.settings_changed": "changed the portal's settings",
    "portal.settings_undone": "took back a change of the portal's settings",
    "portal.theme_changed": "changed the portal's colour",
    "registration.approved": "approved the registration of {}",
    "registration.line_made": "made the registration line of {}",
    "registration.refused": "refused the registration of {}",
    "staff.added": "added {} to the staff",
    "staff.factor_off": "switched their second step off",
    "staff.factor_on": "switched their second step on",
    "staff.link_sent": "sent {} a link to choose a password",
    "staff.other_sessions_ended": "signed out everywhere else",
    "staff.password_changed": "changed their password",
    "staff.password_chosen": "chose a password by their link",
    "staff.recovery_codes_renewed": "made new recovery codes",
    "staff.removed": "removed {} from the staff",
    "staff.reset": "gave {} a new password",
    "staff.session_ended": "ended one of their sessions",
    "staff.signed_in": "signed in to the console",
    "user.accepted_invitation": "accepted their invitation",
    "user.address_asked": "asked for another address to sign in with",
    "user.address_changed": "changed the address they sign in with",
    "user.address_taken_back": "took back a change of the address they sign in with",
    "user.factor_off": "switched their second step off",
    "user.factor_on": "switched their second step on",
    "user.invited": "invited {}",
    "user.invited_again": "invited {} again",
    "user.offered": "offered {} one more account",
    "user.other_sessions_ended": "signed out everywhere else",
    "user.password_changed": "changed their password",
    "user.reactivated": "reactivated {}",
    "user.recovery_codes_renewed": "made new recovery codes",
    "user.registered": "registered for {}",
    "user.removed": "removed {}",
    "user.reset_password": "chose a new password by a mailed link",
    "user.role_changed": "changed what {} may do",
    "user.session_ended": "ended one of their sessions",
    "user.signed_in": "signed in to the portal",
    "user.suspended": "suspended {}",
    "viewing.begun": "began to view the portal as {}",
    "viewing.ended": "ended viewing the portal as {}",
}
"""Action -> what follows the name of who did it; {} stands for the thing."""

_ACTORS = {"cli": "The command line", "system": "Brassplate", "customer": "A new customer"}
_THINGS = {
    "account": "customer",
    "attempt": "no.",
    "batch": "batch",
    "invoice": "invoice",
    "mail": "message",
    "mailing": "mailing",
}
_GONE = {"staff": "somebody who was removed", "user": "a user who was removed", "token": "an API token"}
_KEYS = {"by": "with", "with": "browser"}
_VALUES = {"recovery_code": "a recovery code", "code": "a code", "signed_out": "signed out"}


@dataclass(frozen=True, slots=True)
class Said:
    """A deed in words; `code` is there where we have none for it."""

    phrase: str
    thing: str
    code: str = ""

    @property
    def before(self) -> str:
        return self.phrase.partition("{}")[0]

    @property
    def after(self) -> str:
        return self.phrase.partition("{}")[2]

    @property
    def text(self) -> str:
        """All of it, on one line."""
        if self.code:
            return f"{self.code} {self.thing}".strip()
        return self.phrase.replace("{}", self.thing)


def said(action: str, subject: str, names: Mapping[str, str]) -> Said:
    """What was done to which thing; `names` are of users and API tokens."""
    phrase = PHRASES.get(action)
    if phrase is None:
        return Said("", thing(subject, names), action)
    return Said(phrase, thing(subject, names) if "{}" in phrase else "")


def who(actor: str, actor_name: str, names: Mapping[str, str]) -> str:
    """Who did it."""
    if actor in _ACTORS:
        return _ACTORS[actor]
    kind, _, number = actor.partition(":")
    name = actor_name or names.get(actor)
    if kind == "token":
        return f"The API token {name}" if name else f"An API token that is gone ({number})"
    return name or (_GONE[kind].capitalize() + f" ({number})" if kind in _GONE else actor)


def thing(subject: str, names: Mapping[str, str]) -> str:
    """What it was done to."""
    if subject in names:
        return names[subject]
    kind, colon, rest = subject.partition(":")
    if not colon:
        return subject
    if kind in _GONE:
        return f"{_GONE[kind]} ({rest})"
    return f"{_THINGS[kind]} {rest}" if kind in _THINGS else subject


def label(action: str) -> str:
    """An action for a list to choose from."""
    phrase = PHRASES.get(action)
    return (phrase[:1].upper() + phrase[1:]).replace("{}", "\N{HORIZONTAL ELLIPSIS}") if phrase else action


def details(detail: Mapping[str, str]) -> list[tuple[str, str]]:
    """What else is known of a deed, as label and value."""
    return [
        (_KEYS.get(key, key.replace("_", " ")), _VALUES.get(value, value)) for key, value in detail.items()
    ]
