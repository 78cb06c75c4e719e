"""Customers' details: a rule for each field, in the log of changes, and taken back."""

from store import portals, setting_changes
from store.profile_fields import SETTINGS, Policy
from tests.admin.settings.page import fields
from tests.fakes.admin_console import Browser, Console

PAGE = "/organisations/acme/settings/customer-access"
DETAILS = f"{PAGE}/details"


async def policies(console: Console) -> dict[str, Policy]:
    portal = await console.store.read(portals.find, 1)
    assert portal
    return {field: portal.policy(field) for field in SETTINGS}


async def test_each_field_has_the_rule_that_was_chosen(console: Console, admin: Browser) -> None:
    form = fields((await admin.get(DETAILS)).text, DETAILS)
    assert {name: value for name, value in form.items() if name != "seen"} == dict.fromkeys(
        SETTINGS.values(), "edit"
    )
    form |= {"field_email": "approve", "field_phone": "read", "field_county": "hidden"}
    assert (await admin.post(DETAILS, **form)).location == f"{DETAILS}?saved=1"
    found = await policies(console)
    assert (found["email"], found["phone"]) == (Policy.APPROVE, Policy.READ)
    assert (found["county"], found["town"]) == (Policy.HIDDEN, Policy.EDIT)
    again = fields((await admin.get(DETAILS)).text, DETAILS)
    assert (again["field_email"], again["field_county"]) == ("approve", "hidden")


async def test_what_is_no_rule_is_refused_beside_its_field(console: Console, admin: Browser) -> None:
    form = fields((await admin.get(DETAILS)).text, DETAILS) | {"field_town": "whenever"}
    answer = await admin.post(DETAILS, **form)
    assert answer.status == 422 and "Town or city: choose one of the four." in answer.text
    assert set((await policies(console)).values()) == {Policy.EDIT}


async def test_field_that_is_missing_is_refused(console: Console, admin: Browser) -> None:
    form = fields((await admin.get(DETAILS)).text, DETAILS)
    del form["field_email"]
    assert (await admin.post(DETAILS, **form)).status == 422


async def test_change_is_in_the_log_in_words_and_is_taken_back(console: Console, admin: Browser) -> None:
    form = fields((await admin.get(DETAILS)).text, DETAILS) | {"field_phone": "approve"}
    await admin.post(DETAILS, **form)
    page = (await admin.get(f"{PAGE}/changes")).text
    assert "Customers’ details: Telephone" in page and "Edit with approval" in page
    [change] = await console.store.read(setting_changes.page, 1)
    undone = await admin.post(f"{PAGE}/changes/{change.id}/undo")
    assert undone.status == 303
    assert (await policies(console))["phone"] is Policy.EDIT
