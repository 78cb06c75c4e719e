"""What goes by itself is switched by an admin, and the audit says so."""

import pytest

from store import audit, mail_settings
from store.mail_settings import Settings
from tests.fakes.admin_console import Browser, Console

PAGE = "/organisations/acme/mailings/settings"
FILLED = {"wait_minutes": "15", "reminder_days_before": "5", "reminder_days_after": "0"}


async def test_switches_are_kept_shown_and_audited(console: Console, admin: Browser) -> None:
    assert "checked" not in (await admin.get(PAGE)).text
    saved = await admin.post(PAGE, mail_invoices_on_publish="y", mail_payments="y", **FILLED)
    assert saved.location == f"{PAGE}?saved=1"
    kept = await console.store.read(mail_settings.find, 1)
    assert kept.settings == Settings(
        mail_invoices_on_publish=True,
        wait_minutes=15,
        reminder_days_before=5,
        reminder_days_after=0,
        mail_payments=True,
    )
    assert (kept.invoices_since, kept.reminders_since) == (console.now, None)
    page = (await admin.get(f"{PAGE}?saved=1")).text
    assert "Saved." in page and page.count("checked") == 2
    newest = (await console.store.read(audit.of_organisation, 1))[0]
    assert newest.action == "mailing.settings_changed" and newest.detail["mail_payments"] == "True"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("reminder_days_before", "-1"),
        ("reminder_days_before", ""),
        ("reminder_days_after", "61"),
        ("reminder_days_after", "soon"),
        ("wait_minutes", "7"),
    ],
)
async def test_what_cannot_be_is_refused_and_shown_again(
    console: Console, admin: Browser, field: str, typed: str
) -> None:
    await admin.get(PAGE)
    answer = await admin.post(PAGE, mail_reminders="y", **(FILLED | {field: typed}))
    assert answer.status == 422 and "There is a problem" in answer.text
    assert 'name="mail_reminders" type="checkbox" value="y"' in answer.text.replace("checked ", "")
    assert (await console.store.read(mail_settings.find, 1)).settings == Settings()


async def test_settings_of_another_organisation_are_not_found(console: Console, admin: Browser) -> None:
    await console.add_organisation("other")
    await admin.get(PAGE)
    other = "/organisations/other/mailings/settings"
    assert (await admin.get(other)).status == 404
    assert (await admin.post(other, **FILLED)).status == 404
