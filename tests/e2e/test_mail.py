"""The outbox of real processes: killed with mail under way, and two at once on one store."""

import asyncio
import sqlite3
from collections import Counter
from pathlib import Path

from store import outbox, outbox_lists, vault
from store.database import Store
from store.outbox import Message, Purpose, State
from tests import factories
from tests.e2e.serving import Serve
from tests.peers.mail_server import MailServer, mail_server

MAILS = 40
CONFIGURATION = """
[edge]
https = ["127.0.0.1:0"]
http = ["127.0.0.1:0"]
admin_host = "admin.provider.test"
cname_target = "edge.platform.test"
addresses = ["192.0.2.1"]
[store]
url = "sqlite:///brassplate.db"
master_key_file = "master.key"
[issuer]
kind = "local"
root_file = "root.pem"
[dns]
resolvers = ["127.0.0.1:1"]
[mail]
smtp = "smtp://127.0.0.1:{port}"
per_minute = 100000
"""


def configured(folder: Path, server: MailServer) -> Path:
    vault.write_new_key(folder / "master.key")
    config = folder / "brassplate.toml"
    config.write_text(CONFIGURATION.format(port=server.port))
    return config


def _queue(db: sqlite3.Connection) -> None:
    factories.organisation(db)
    for number in range(MAILS):
        address = f"c{number}@harbour.example"
        message = Message(
            Purpose.TEST, address, "M <post@provider.example>", "", "Subject", "text", "<p>html</p>"
        )
        outbox.put(db, 1, message, factories.NOW)


async def queue(folder: Path) -> None:
    store = await Store.open(folder / "brassplate.db", readers=0)
    await store.write(_queue)
    await store.close()


async def counts(folder: Path) -> dict[State, int]:
    store = await Store.open(folder / "brassplate.db", readers=1)
    found = await store.read(outbox_lists.counts, 1)
    await store.close()
    return found


async def serve(config: Path, log: str) -> Serve:
    return await asyncio.to_thread(Serve, config, config.with_name(log))


async def until_arrived(server: MailServer, number: int) -> None:
    async with asyncio.timeout(30):
        while len({mail.recipient for mail in server.received}) < number:
            await asyncio.sleep(0.02)


async def test_killed_process_loses_no_mail_and_repeats_one_at_most(tmp_path: Path) -> None:
    async with mail_server(tmp_path) as server:
        config = configured(tmp_path, server)
        await queue(tmp_path)
        for wanted in (10, 20, 30):
            process = await serve(config, "serve.log")
            await until_arrived(server, wanted)
            await asyncio.to_thread(process.kill)
        process = await serve(config, "serve.log")
        await until_arrived(server, MAILS)
        await asyncio.sleep(0.3)
        assert await asyncio.to_thread(process.stop) == 0
        times = Counter(mail.recipient for mail in server.received)
        names = {mail.recipient: mail.mail["Message-ID"] for mail in server.received}
    assert len(times) == MAILS and sum(times.values()) <= MAILS + 3
    assert all(mail.mail["Message-ID"] == names[mail.recipient] for mail in server.received)
    assert (await counts(tmp_path))[State.SENT] == MAILS


async def test_two_processes_send_each_mail_once(tmp_path: Path) -> None:
    async with mail_server(tmp_path) as server:
        config = configured(tmp_path, server)
        first, second = await serve(config, "1.log"), await serve(config, "2.log")
        await queue(tmp_path)
        await until_arrived(server, MAILS)
        await asyncio.sleep(1.5)
        codes = [await asyncio.to_thread(process.stop) for process in (first, second)]
        times = Counter(mail.recipient for mail in server.received)
    assert codes == [0, 0] and set(times.values()) == {1} and len(times) == MAILS
    assert (await counts(tmp_path))[State.SENT] == MAILS
