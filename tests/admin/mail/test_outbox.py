import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from store import audit, deliveries, organisations, outbox
from store.outbox import Message, Purpose, State
from tests.fakes.admin_console import Browser, Console

PAGE = "/organisations/acme/mail"
MESSAGE = Message(
    purpose=Purpose.RESET,
    recipient="ada@harbour.example",
    sender="Acme <post@provider.example>",
    reply_to="",
    subject="Choose <b>a new</b> password",
    text="Open https://billing.acme.example/reset/t0k3n",
    html='<p style="color:red">Open <a href="https://billing.acme.example/reset/t0k3n">this</a></p>'
    "<script>alert(1)</script>",
    secret="t0k3n",
)


async def queue(console: Console, organisation_id: int | None = 1, **changes: Any) -> int:
    return await console.store.write(
        outbox.put,
        organisation_id,
        replace(MESSAGE, **changes),
        console.now,
    )


async def state_of(console: Console, outbox_id: int, organisation_id: int = 1) -> State:
    found = await console.store.read(outbox.find, organisation_id, outbox_id)
    assert found
    return found.state


async def test_empty_outbox_says_what_will_be_there(admin: Browser) -> None:
    text = (await admin.get(PAGE)).text
    assert "No messages yet" in text and 'aria-current="page">Mail' in text


async def test_messages_are_listed_with_what_became_of_them(console: Console, admin: Browser) -> None:
    await queue(console)
    bounced = await queue(console, recipient="gone@harbour.example")
    await console.store.write(deliveries.bounced, bounced, "550 No such user", console.now)
    text = (await admin.get(PAGE)).text
    assert text.index("gone@harbour.example") < text.index("ada@harbour.example")
    assert "Bounced" in text and "550 No such user" in text and "Waiting" in text
    assert "Choose &lt;b&gt;a new&lt;/b&gt; password" in text


async def test_state_and_address_narrow_the_list(console: Console, admin: Browser) -> None:
    await queue(console)
    sent = await queue(console, recipient="bob_b@harbour.example")
    await console.store.write(deliveries.sent, sent, console.now)
    for query, seen, unseen in (
        ("state=sent", "bob_b@", "ada@"),
        ("search=bob_b", "bob_b@", "ada@"),
        ("search=ADA", "ada@", "bob_b@"),
        ("state=nonsense&before=x", "ada@", "nonsense"),
    ):
        text = (await admin.get(f"{PAGE}?{query}")).text
        assert seen in text and unseen not in text, query
    assert "No message fits" in (await admin.get(f"{PAGE}?search=ad_")).text


async def test_list_goes_on_page_by_page(console: Console, admin: Browser) -> None:
    for number in range(120):
        await queue(console, recipient=f"c{number:03}@harbour.example")
    seen: list[str] = []
    url: str | None = f"{PAGE}?state=waiting"
    pages = 0
    while url:
        text = (await admin.get(url)).text
        seen += re.findall(r'class="row" href="[^"]+">([^<]+)<', text)
        older = re.search(r'href="([^"]+)" rel="next"', text)
        url = older[1].replace("&amp;", "&") if older else None
        pages += 1
    assert pages == 3 and seen == [f"c{number:03}@harbour.example" for number in reversed(range(120))]


async def test_message_is_shown_without_its_living_link(console: Console, admin: Browser) -> None:
    outbox_id = await queue(console)
    shown, preview = (
        await admin.get(f"{PAGE}/{outbox_id}"),
        await admin.get(f"{PAGE}/{outbox_id}/html"),
    )
    assert "t0k3n" not in shown.text + preview.text
    assert "reset/…" in shown.text and "reset/…" in preview.text
    assert "It is about to be sent." in shown.text


async def test_preview_can_do_nothing(console: Console, admin: Browser) -> None:
    outbox_id = await queue(console)
    preview, shown = await admin.get(f"{PAGE}/{outbox_id}/html"), await admin.get(f"{PAGE}/{outbox_id}")
    policy = preview.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "script-src" not in policy
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    assert "<iframe" in shown.text and ' sandbox src="' in shown.text and "srcdoc" not in shown.text


async def test_waiting_message_is_cancelled_and_sent_again(console: Console, admin: Browser) -> None:
    outbox_id = await queue(console)
    await admin.get(f"{PAGE}/{outbox_id}")
    answer = await admin.post(f"{PAGE}/{outbox_id}/cancel")
    assert "1 message was cancelled." in (await admin.get(answer.location)).text
    assert await state_of(console, outbox_id) is State.CANCELLED
    answer = await admin.post(f"{PAGE}/{outbox_id}/retry")
    assert "1 message is sent again." in (await admin.get(answer.location)).text
    assert await state_of(console, outbox_id) is State.WAITING
    actions = [entry.action for entry in await console.store.read(audit.of_organisation, 1)]
    assert actions[:2] == ["mail.retry", "mail.cancel"]


async def test_sent_message_is_not_sent_again(console: Console, admin: Browser) -> None:
    outbox_id = await queue(console)
    await console.store.write(deliveries.sent, outbox_id, console.now)
    text = (await admin.get(f"{PAGE}/{outbox_id}")).text
    assert "Send again" not in text and "The mail server took it." in text
    answer = await admin.post(f"{PAGE}/{outbox_id}/retry")
    assert "Nothing was changed" in (await admin.get(answer.location)).text
    assert await state_of(console, outbox_id) is State.SENT


async def test_message_past_its_time_cannot_be_sent_again(console: Console, admin: Browser) -> None:
    outbox_id = await queue(console, expires_at=console.now + timedelta(minutes=10))
    await console.store.write(deliveries.failed, outbox_id, "450 later", console.now)
    console.passes(minutes=11)
    text = (await admin.get(f"{PAGE}/{outbox_id}")).text
    assert "cannot be sent again" in text and "Send again" not in text


async def test_chosen_messages_are_cancelled_together(console: Console, admin: Browser) -> None:
    ids = [await queue(console) for _ in range(3)]
    await console.store.write(deliveries.sent, ids[2], console.now)
    await admin.get(PAGE)
    body = f"csrf={admin.token}&action=cancel&" + "&".join(f"mail={each}" for each in [*ids, 999, "x"])
    answer = await admin.client.post(
        PAGE,
        data=body,
        headers={
            "Host": admin.host,
            "Cookie": "; ".join(f"{k}={v}" for k, v in admin.cookies.items()),
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        allow_redirects=False,
    )
    assert answer.headers["Location"] == f"{PAGE}?cancelled=2"
    assert [await state_of(console, each) for each in ids] == [
        State.CANCELLED,
        State.CANCELLED,
        State.SENT,
    ]


async def test_unknown_action_is_refused(admin: Browser) -> None:
    await admin.get(PAGE + "/sender")
    assert (await admin.post(PAGE, action="delete")).status == 400


@pytest.mark.parametrize("path", ["{id}", "{id}/html"])
async def test_other_organisations_message_is_as_if_there_were_none(
    console: Console, admin: Browser, path: str
) -> None:
    other = await console.add_organisation("beacon")
    theirs, own = await queue(console, other.id), await queue(console, None)
    none = await admin.get(f"{PAGE}/{path.format(id=987654)}")
    for outbox_id in (theirs, own):
        answer = await admin.get(f"{PAGE}/{path.format(id=outbox_id)}")
        assert (answer.status, answer.text) == (404, none.text)
    assert "ada@harbour" not in (await admin.get(PAGE)).text


@pytest.mark.parametrize("action", ["retry", "cancel"])
async def test_other_organisations_message_is_not_touched(
    console: Console, admin: Browser, action: str
) -> None:
    other = await console.add_organisation("beacon")
    theirs = await queue(console, other.id)
    await admin.get(f"{PAGE}/sender")
    assert (await admin.post(f"{PAGE}/{theirs}/{action}")).status == 404
    assert (await admin.post(PAGE, action=action, mail=str(theirs))).location.endswith("=0")
    assert await state_of(console, theirs, other.id) is State.WAITING


@pytest.mark.parametrize("bad", ["0", "x", "-1", "1" * 40, "1.5", "%00", "١"])
async def test_what_is_no_id_is_not_found(admin: Browser, bad: str) -> None:
    assert (await admin.get(f"{PAGE}/{bad}")).status == 404


async def test_page_says_why_mail_waits(console: Console, admin: Browser) -> None:
    outbox_id = await queue(console)
    console.change_facts(mail_goes_out=False)
    async with console.started() as waiting:
        await waiting.sign_in("admin@acme.example")
        assert "Mail is not switched on" in (await waiting.get(PAGE)).text
        assert "until the operator switches mail on" in (await waiting.get(f"{PAGE}/{outbox_id}")).text
    await console.store.write(organisations.set_suspended, 1, True)
    console.change_facts(mail_goes_out=True)
    async with console.started() as held:
        await held.sign_in("admin@acme.example")
        assert "suspended" in (await held.get(PAGE)).text
