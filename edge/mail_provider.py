"""Mail provider: who mails are from where an organisation has no verified address, by the settings."""

from edge import own_names
from edge.settings import Settings
from portal.mail import Provider
from portal.tenancy import origin

PRODUCT = "Brassplate"


def mail_provider(settings: Settings) -> Provider:
    """The provider as a sender: `mail.from`, else the operator's address, else one that nobody reads."""
    console = own_names.hostname(settings.admin_host)
    return Provider(
        name=settings.operator_name or PRODUCT,
        address=settings.mail_from or settings.support_email or f"noreply@{console}",
        support_email=settings.support_email,
        console_origin=origin(console, settings.public_https_port),
        public_port=settings.public_https_port,
    )
