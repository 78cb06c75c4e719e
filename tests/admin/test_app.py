import asyncio

from admin.app import build
from admin.keys import PASSWORDS
from portal.passwords import TooBusy
from portal.tenancy import host_header
from tests.fakes.admin_console import VAULT, Console


async def test_own_password_threads_are_given_back_at_the_end(console: Console) -> None:
    app = build(
        console.store,
        clock=console.clock,
        hostname_of=host_header,
        facts=console.facts,
        operations=console.edge.operations,
        vault=VAULT,
    )
    app.freeze()
    await app.startup()
    passwords = app[PASSWORDS]
    await app.cleanup()
    closed = await asyncio.gather(passwords.hash("x"), return_exceptions=True)
    assert isinstance(closed[0], RuntimeError) and not isinstance(closed[0], TooBusy)
