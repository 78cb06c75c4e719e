"""From a portal that has just gone live to its branding and its customers' access, by a list of steps."""

import re

from store import portals
from tests import factories
from tests.admin.wizard.test_walk import PAGE
from tests.e2e.wizard_states import live
from tests.fakes.admin_console import Answer, Browser, Console

BRANDING, CUSTOMERS = "/organisations/acme/branding", "/organisations/acme/customers"


def steps(page: Answer) -> dict[str, str]:
    """The list of steps: name -> done, current or ahead."""
    found = re.findall(
        r'<li class="(done|current|ahead)"[^>]*>\s*<span class="dot".*?<span class="name">(.*?)</span>\s*</li>',
        page.text,
        re.DOTALL,
    )
    return {re.sub(r"<[^>]+>| \(done\)", "", name): reached for reached, name in found}


async def test_each_page_says_where_it_is_and_what_is_left(console: Console, admin: Browser) -> None:
    await live(console, admin)
    first = ("Switch on", "Address", "Record", "Certificate")
    at_first = steps(await admin.get(PAGE))
    assert at_first == {**dict.fromkeys(first, "done"), "Branding": "current", "User access": "ahead"}
    branding = await admin.get(BRANDING)
    assert steps(branding) == at_first
    assert f'href="{CUSTOMERS}">Next: user access' in branding.text
    customers = await admin.get(CUSTOMERS)
    assert steps(customers)["User access"] == "current"
    assert f'href="{BRANDING}">Next: branding' in customers.text


async def test_step_that_is_done_is_ticked_and_the_list_goes_with_the_last(
    console: Console, admin: Browser
) -> None:
    await live(console, admin)
    await console.store.write(portals.set_theme_colour, 1, "#7A3E9D", console.now)
    assert steps(await admin.get(PAGE))["Branding"] == "done"
    assert steps(await admin.get(CUSTOMERS))["Branding"] == "done"
    assert "Choose logo and colour" not in (await admin.get(PAGE)).text
    await console.store.write(lambda db: (factories.account(db, 1), factories.user(db, 1)))
    for path in (PAGE, BRANDING, CUSTOMERS):
        assert steps(await admin.get(path)) == {}


async def test_list_is_gone_after_a_week_and_never_there_before_it_is_live(
    console: Console, admin: Browser
) -> None:
    assert steps(await admin.get(BRANDING)) == {}
    await live(console, admin)
    console.passes(days=7)
    await admin.sign_in("admin@acme.example")
    for path in (PAGE, BRANDING, CUSTOMERS):
        assert steps(await admin.get(path)) == {}
