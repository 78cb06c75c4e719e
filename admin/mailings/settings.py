"""What goes by itself: invoices once a run is published, reminders, payments."""

import sqlite3
from dataclasses import asdict

from aiohttp import web
from wtforms import BooleanField, Form, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are of 3.2
from wtforms.validators import InputRequired, NumberRange

from admin.deeds import deed
from admin.keys import FACTS, STORE
from admin.pages import mailings_url, page
from admin.rights import organisation_of
from portal.forms import posted
from store import audit, mail_settings
from store.audit import Entry
from store.mail_settings import Settings

WAITS = {
    "0": "At once",
    "15": "After 15 minutes",
    "60": "After an hour",
    "240": "After 4 hours",
    "1440": "After a day",
    "2880": "After 2 days",
}
_DAYS = "Enter a number of days from 0 to 60."


def _days(label: str) -> IntegerField:
    return IntegerField(
        label,
        [InputRequired(_DAYS), NumberRange(0, 60, _DAYS)],
        render_kw={"inputmode": "numeric", "min": "0", "max": "60"},
    )


class SettingsForm(Form):
    """The switches, with their days and minutes."""

    mail_invoices_on_publish = BooleanField("Mail invoices when a billing run is published")
    wait_minutes = SelectField(
        "When they go", choices=[SelectChoice(value, label) for value, label in WAITS.items()]
    )
    mail_reminders = BooleanField("Send reminders")
    reminder_days_before = _days("Days before the due date")
    reminder_days_after = _days("Days after the due date")
    mail_payments = BooleanField("Tell customers of payments")

    @property
    def typed(self) -> Settings:
        """What was typed."""
        return Settings(**{**self.data, "wait_minutes": int(self.wait_minutes.data)})


async def show(request: web.Request) -> web.Response:
    """GET .../mailings/settings"""
    kept = await request.app[STORE].read(mail_settings.find, organisation_of(request).id)
    values = asdict(kept.settings)
    form = SettingsForm(data=values | {"wait_minutes": str(kept.settings.wait_minutes)})
    return _page(request, form)


async def save(request: web.Request) -> web.Response:
    """POST .../mailings/settings"""
    organisation, form = organisation_of(request), SettingsForm(await posted(request))
    if not form.validate():
        return _page(request, form, status=422)
    typed = form.typed
    detail = {name: str(value) for name, value in asdict(typed).items()}
    entry = deed(request, organisation, "mailing.settings_changed", organisation.slug, **detail)
    await request.app[STORE].write(_save, organisation.id, typed, entry)
    raise web.HTTPSeeOther(f"{mailings_url(organisation)}/settings?saved=1")


def _page(request: web.Request, form: SettingsForm, status: int = 200) -> web.Response:
    organisation = organisation_of(request)
    return page(
        request,
        "mailings/settings.html",
        status=status,
        organisation=organisation,
        url=mailings_url(organisation),
        form=form,
        saved="saved" in request.query,
        goes_out=request.app[FACTS].mail_goes_out,
    )


def _save(db: sqlite3.Connection, organisation_id: int, settings: Settings, entry: Entry) -> None:
    mail_settings.save(db, organisation_id, settings, entry.at)
    audit.record(db, entry)
