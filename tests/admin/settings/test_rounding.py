"""The rule by which bills were rounded, in the settings and in the change log."""

import pytest

from store import portals
from store.bill import reconciliation
from store.bill.rounding import Rounding, Rule
from tests.admin.settings.page import fields
from tests.fakes.admin_console import Browser, Console

PAGE = "/organisations/acme/settings/customer-access"
ROUNDING = f"{PAGE}/rounding"


async def sent(admin: Browser, **changes: str) -> dict[str, str]:
    return fields((await admin.get(ROUNDING)).text, ROUNDING) | changes


async def test_rule_is_halves_up_over_a_line_until_it_is_changed(console: Console, admin: Browser) -> None:
    assert (await sent(admin))["rounding"] == "half_up"
    assert "round_each_call" not in await sent(admin)
    assert await console.store.read(reconciliation.rule_of, 1) == Rule()


@pytest.mark.parametrize("rounding", Rounding)
async def test_rule_is_kept_and_shown_again(console: Console, admin: Browser, rounding: Rounding) -> None:
    answer = await admin.post(ROUNDING, **await sent(admin, rounding=rounding.value, round_each_call="y"))
    assert answer.location == f"{ROUNDING}?saved=1"
    assert await console.store.read(reconciliation.rule_of, 1) == Rule(rounding, each_call=True)
    again = await sent(admin)
    assert (again["rounding"], again["round_each_call"]) == (rounding.value, "y")
    portal = await console.store.read(portals.find, 1)
    assert portal and portal.rounding is rounding


async def test_change_is_logged_in_words_and_can_be_undone(console: Console, admin: Browser) -> None:
    _ = await admin.post(ROUNDING, **await sent(admin, rounding="down"))
    log = (await admin.get(f"{PAGE}/changes")).text
    assert "Rounding of call charges" in log and "the part of a penny is dropped" in log
    _ = await admin.post(f"{PAGE}/changes/1/undo")
    assert await console.store.read(reconciliation.rule_of, 1) == Rule()


async def test_rule_that_is_none_is_refused(console: Console, admin: Browser) -> None:
    answer = await admin.post(ROUNDING, **await sent(admin, rounding="sideways"))
    assert answer.status == 422 and "Choose how parts of a penny are rounded." in answer.text
    assert await console.store.read(reconciliation.rule_of, 1) == Rule()
