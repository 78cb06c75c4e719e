"""A restored store: it serves what it has; nothing goes out until it is resumed, and then all that waited does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.request import urlopen

from edge import main
from store import backups, held, outbox
from store.outbox import Message, Purpose
from store.vault import Vault
from tests.e2e.house import House, furnished, house
from tests.peers.mail_server import MailServer, mail_server
from tests.peers.pebble import Pebble

KNOWN, NEW = "known.harbour.test", "new.harbour.test"
MESSAGE = Message(
    Purpose.TEST, "jane@harbour.example", "M <m@provider.example>", "", "Hello", "text", "<p>h</p>"
)


async def test_nothing_goes_out_of_a_restored_store_until_it_is_resumed(
    tmp_path: Path, pebble: Pebble
) -> None:
    async with mail_server(tmp_path) as server:
        backup = tmp_path / "backup.db"
        async with house(tmp_path, pebble) as running:  # no relay: the mail waits
            await running.register(KNOWN)
            await running.register(NEW)
            assert (await running.visit(KNOWN))[0] == 200
            await running.store.write(outbox.put, running.organisation.id, MESSAGE, main.system_clock())
            await running.store.read(backups.copy, backup)
        orders = pebble.orders()
        async with restored(tmp_path, backup, pebble, server) as running:
            assert (await running.visit(KNOWN))[0] == 200
            assert await running.alert(NEW) != ""
            await asyncio.sleep(1.5)  # a round of each job, and of the renewal timer
            assert (pebble.orders(), server.received) == (orders, [])
            assert "brassplate_store_held 1.0" in await asyncio.to_thread(told, running, "metrics")
            assert await asyncio.to_thread(told, running, "readyz") == "serving\nheld\n"
            said = await asyncio.to_thread(running.command, "resume")
            assert said.stdout == "resumed: 1 mails go out, 0 renewals are due\n", said.stderr
            async with asyncio.timeout(10):
                while not server.received:
                    await asyncio.sleep(0.05)
            assert (await running.visit(NEW))[0] == 200
            assert pebble.orders() == orders + 1
            assert await asyncio.to_thread(told, running, "readyz") == "serving\n"


@contextlib.asynccontextmanager
async def restored(folder: Path, backup: Path, pebble: Pebble, server: MailServer) -> AsyncIterator[House]:
    """The house again, on the backup, with a relay."""
    mail = {"smtp": f"smtp://127.0.0.1:{server.port}"}
    edge = {"metrics": "127.0.0.1:0"}
    async with furnished(folder, pebble, mail=mail, edge=edge) as dark:
        pass
    done = dark.command("restore", str(backup), "--replace")
    assert done.returncode == 0, done.stderr
    async with house(folder, pebble, mail=mail, edge=edge) as running:
        assert await running.store.read(held.since)
        assert Vault.from_file(running.settings.master_key_file)
        yield running


def told(running: House, page: str) -> str:
    """What the metrics listener answers."""
    with urlopen(f"http://{running.bound.metrics}/{page}") as answer:
        return str(answer.read(), "utf-8")
