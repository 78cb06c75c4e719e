import asyncio

import pytest

from store import domains, titles
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests.fakes.admin_console import HOST, Answer, Browser, Console

PAGE = "/organisations/acme/settings/customer-access"
TARGET = Hostname("customers.provider.example")


@pytest.fixture
async def choosing(admin: Browser) -> Browser:
    """Acme's admin at the step where the address is chosen."""
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    return admin


async def choose(browser: Browser, hostname: str, **more: str) -> Answer:
    return await browser.post(f"{PAGE}/domain", hostname=hostname, **more)


def upstream(hostname: str, organisation_id: int | None) -> Destination:
    name = Hostname(hostname)
    return Destination(
        name, Room.UPSTREAM, organisation_id, False, ("http://127.0.0.1:1",), Confirmation.CNAME, TARGET
    )


async def test_name_is_registered_for_the_portal(console: Console, choosing: Browser) -> None:
    await choose(choosing, " Billing.MyCompany.com. ")
    domain = await console.store.read(domains.by_hostname, HOST)
    assert domain
    own = await console.store.read(titles.own_target, 1, TARGET)
    assert own.endswith(f".{TARGET}")
    assert domain.destination == Destination(HOST, Room.PORTAL, 1, False, (), Confirmation.CNAME, own)


async def test_cleaned_name_is_offered_when_an_address_was_pasted(choosing: Browser) -> None:
    answer = await choose(choosing, "https://billing.mycompany.com:8443/sign-in")
    assert answer.status == 422
    assert "leave out the scheme" in answer.text
    assert 'name="hostname" value="billing.mycompany.com"' in answer.text


async def test_empty_answer_is_asked_again(choosing: Browser) -> None:
    assert "Enter the address." in (await choose(choosing, "")).text


async def test_international_name_is_shown_in_both_spellings(choosing: Browser) -> None:
    await choose(choosing, "rechnung.müller.de")
    page = (await choosing.get(PAGE)).text
    assert "rechnung.müller.de" in page
    assert "rechnung.xn--mller-kva.de" in page


async def test_whole_domain_is_asked_back_then_points_at_our_addresses(choosing: Browser) -> None:
    asked = await choose(choosing, "mybillingportal.com")
    assert asked.status == 200
    assert "Is mybillingportal.com used for nothing else?" in asked.text
    assert 'value="billing.mybillingportal.com"' in asked.text
    assert (await choose(choosing, "mybillingportal.com", way="whole")).status == 303
    page = (await choosing.get(PAGE)).text
    for value in ("A", "@", "203.0.113.9", "AAAA", "2001:db8::9"):
        assert f">{value}</textarea>" in page
    assert "no CNAME can stand" in page


async def test_whole_domain_says_so_when_our_addresses_are_not_known(
    console: Console, choosing: Browser
) -> None:
    console.edge.addresses = frozenset()
    await choose(choosing, "mybillingportal.com", way="whole")
    assert "could not look our addresses up" in (await choosing.get(PAGE)).text


async def test_whole_domain_is_shown_without_waiting_for_a_slow_look_up(
    console: Console, choosing: Browser
) -> None:
    async def too_slow() -> frozenset[str]:
        raise TimeoutError

    await choose(choosing, "mybillingportal.com", way="whole")
    console.change_facts(addresses=too_slow)
    async with console.started() as browser:
        browser.cookies = choosing.cookies
        assert "could not look our addresses up" in (await browser.get(PAGE)).text


@pytest.mark.parametrize("name", ["billing.acme.test", "co.uk", "x.customers.provider.example"])
async def test_name_that_cannot_work_is_refused(console: Console, choosing: Browser, name: str) -> None:
    assert (await choose(choosing, name)).status == 422
    assert await console.store.read(domains.every) == []


async def test_reserved_name_is_taken_on_a_private_network(console: Console) -> None:
    console.change_facts(public_ca=False)
    async with console.started() as browser:
        await browser.sign_in("admin@acme.example")
        await browser.get(PAGE)
        await browser.post(f"{PAGE}/portal", enabled="1")
        assert (await choose(browser, "billing.acme.test")).status == 303


async def test_name_of_the_provider_is_in_use_elsewhere_and_nothing_more(
    console: Console, choosing: Browser
) -> None:
    await console.store.write(domains.add, upstream(HOST, None), console.now)
    answer = await choose(choosing, HOST)
    assert answer.status == 409
    assert "This name is in use elsewhere." in answer.text


async def test_name_that_serves_something_else_of_ours_is_said_to(
    console: Console, choosing: Browser
) -> None:
    await console.store.write(domains.add, upstream(HOST, 1), console.now)
    assert "uses this name for something else" in (await choose(choosing, HOST)).text


async def test_name_that_is_ours_already_is_opened(console: Console, choosing: Browser) -> None:
    await choose(choosing, HOST)
    assert (await choose(choosing, HOST)).location == PAGE
    assert (await choose(choosing, "other.mycompany.com")).location == PAGE
    assert [domain.hostname for domain in await console.store.read(domains.every)] == [HOST]


async def test_two_answers_at_once_register_one_name(console: Console, choosing: Browser) -> None:
    answers = await asyncio.gather(*(choose(choosing, f"n{number}.mycompany.com") for number in range(8)))
    assert {answer.status for answer in answers} == {303}
    assert len(await console.store.read(domains.every)) == 1


async def test_nothing_is_registered_while_switched_off(console: Console, admin: Browser) -> None:
    await admin.get(PAGE)
    assert (await choose(admin, HOST)).location == PAGE
    assert await console.store.read(domains.every) == []


async def test_check_and_complete_without_a_name_lead_back(console: Console, choosing: Browser) -> None:
    assert (await choosing.post(f"{PAGE}/domain/check")).status == 303
    assert (await choosing.post(f"{PAGE}/domain/complete")).status == 303
    assert (await choosing.post(f"{PAGE}/domain/remove")).status == 303
    assert console.edge.checked == console.edge.completed == []


async def test_what_was_typed_is_escaped(choosing: Browser) -> None:
    answer = await choose(choosing, '"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text


async def test_three_ways_are_offered_and_ours_needs_no_name(console: Console, choosing: Browser) -> None:
    page = (await choosing.get(PAGE)).text
    assert page.count('name="way"') == 3
    assert "acme.portals.provider.example" in page
    assert (await choosing.post(f"{PAGE}/domain", way="ours", hostname="")).location == PAGE
    label = Hostname("acme.portals.provider.example")
    assert console.edge.completed == [label]
    assert [domain.hostname for domain in await console.store.read(domains.every)] == [label]


async def test_two_ways_are_offered_where_the_provider_has_no_domain_for_names(console: Console) -> None:
    console.change_facts(provider_domain="")
    async with console.started() as browser:
        await browser.sign_in("admin@acme.example")
        await browser.get(PAGE)
        await browser.post(f"{PAGE}/portal", enabled="1")
        assert (await browser.get(PAGE)).text.count('name="way"') == 2
        await choose(browser, "", way="ours")
        assert await console.store.read(domains.every) == []


async def test_sub_domain_is_taken_as_such_by_who_chose_a_whole_domain(
    console: Console, choosing: Browser
) -> None:
    assert (await choose(choosing, HOST, way="whole")).status == 303
    assert [domain.hostname for domain in await console.store.read(domains.every)] == [HOST]
