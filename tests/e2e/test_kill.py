"""`kill -9` in the midst of issuance: nothing half-written, nothing lost, no second order, the next visitor served."""

import asyncio
import contextlib
import random
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from store import acme_state, certificates, issuance
from store.database import Store
from store.hostname import Hostname
from store.issuance import CertificateState
from store.vault import Vault
from tests.e2e.house import House, furnished
from tests.e2e.serving import Serve
from tests.e2e.size import FULL
from tests.peers.pebble import Pebble

PHASES = {
    "lease": "lease taken",
    "challenge": "challenge answered",
    "finalise": "finalising",
    "commit": "finalised",
}
KILLS, AT_LEAST, MOST_KILLS = (100, 5, 160) if FULL else (8, 0, 8)
SERVED_SECONDS = 5.0 if FULL else 2.0  # at full size the CA sleeps up to a second before it looks


@dataclass
class Witness:
    """What was seen before each death, to be found again after it."""

    committed: set[tuple[str, str]] = field(default_factory=set)
    """Names and serials that the log called issued."""
    hit: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """How long the next visitor of a killed house waited."""


@pytest.mark.proof
async def test_a_house_killed_while_it_issues_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, witness = random.Random(20), Witness()
    moments = [*PHASES, "random"]
    with Pebble(nosleep=not FULL, nonce_reject=20, environment={"PEBBLE_VA_SLEEPTIME": "2"}) as pebble:
        async with furnished(tmp_path, pebble) as running:
            names = [
                await running.register(f"shop-{number}.harbour.test", awaited=False)
                for number in range(MOST_KILLS)
            ]
            process = await start(running)
            try:
                for number, name in enumerate(names):
                    if number >= KILLS and all(witness.hit[phase] >= AT_LEAST for phase in PHASES):
                        break
                    await killed_at(moments[number % len(moments)], running, process, name, chance)
                    await nothing_is_lost(running, process, name, witness)
                    process = await next_visitor_is_served(running, pebble, name, witness)
                await all_are_served_from_the_store(running, pebble, names[: len(witness.seconds)])
                orders = pebble.orders()
            finally:
                process.kill()
    assert all(witness.hit[phase] >= AT_LEAST for phase in PHASES), witness.hit
    times = sorted(witness.seconds)
    with capsys.disabled():
        print(f"\n{len(times)} kills, by phase {dict(witness.hit)}, {orders} orders;", end=" ")
        print(f"the next visitor waited {times[len(times) // 2]:.2f} s (median), {times[-1]:.2f} s (most)")


async def start(running: House) -> Serve:
    return await asyncio.to_thread(Serve, running.config, running.config.with_name("serve.log"))


async def killed_at(
    moment: str, running: House, process: Serve, name: Hostname, chance: random.Random
) -> None:
    """Visit for the first time; the house dies right after the log line of a phase, or at any moment."""
    if moment in PHASES:
        process.kill_after(PHASES[moment])
    visit = asyncio.ensure_future(running.visit(name))
    if moment == "random":
        await asyncio.sleep(chance.uniform(0.0, 1.5 if FULL else 0.15))
        process.kill()
    await asyncio.to_thread(process.wait_killed)
    with contextlib.suppress(OSError, EOFError):
        await visit


async def nothing_is_lost(running: House, process: Serve, name: Hostname, witness: Witness) -> None:
    """The store opens, it is whole, and all that was ever called issued is in it."""
    messages = process.messages(name)
    last = messages[-1] if messages else ""
    for phase, message in PHASES.items():
        witness.hit[phase] += last == message
    witness.committed |= {
        (fields["hostname"], fields["serial"])
        for fields in (dict(pair.split("=", 1) for pair in line.split(" ")[:3]) for line in issued(process))
    }
    store = await Store.open(running.settings.store_path)
    try:
        faults, stored = await store.read(examined, Vault.from_file(running.settings.master_key_file))
    finally:
        await store.close()
    assert faults == []
    assert witness.committed <= stored
    witness.committed |= stored


def issued(process: Serve) -> list[str]:
    return process.fields("certificate issued")


def examined(db: sqlite3.Connection, vault: Vault) -> tuple[list[str], set[tuple[str, str]]]:
    """What is broken or half-written in the store; and the certificates that it has."""
    faults = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
    faults += [f"foreign key of {row[0]}" for row in db.execute("PRAGMA foreign_key_check")]
    stored: set[tuple[str, str]] = set()
    for certificate in certificates.newest(db):
        name = certificate.hostname
        stored.add((name, certificate.serial))
        key = vault.open(certificate.sealed_key, name, certificate.serial)
        leaf = x509.load_pem_x509_certificate(certificate.chain_pem.encode())
        if serialization.load_pem_private_key(key, None).public_key() != leaf.public_key():
            faults.append(f"{name}: key and certificate differ")
    for row in db.execute("SELECT hostname FROM domains WHERE organisation_id IS NOT NULL"):
        faults += half_written(db, Hostname(row["hostname"]))
    return faults, stored


def half_written(db: sqlite3.Connection, name: Hostname) -> list[str]:
    """A name is either issued with all that belongs to it, or not at all."""
    has = {
        "certificate": bool(db.execute("SELECT 1 FROM certificates WHERE hostname = ?", (name,)).fetchall()),
        "history": [attempt.outcome for attempt in issuance.history(db, name)] == ["issued"],
        "state": issuance.standing(db, name).state is CertificateState.ISSUED,
        "renewal": issuance.standing(db, name).next_action_at is not None,
    }
    if len(set(has.values())) > 1:
        return [f"{name}: {has}"]
    if not has["certificate"]:
        return []
    left = [acme_state.pending_order(db, name)]
    left += db.execute("SELECT 1 FROM challenges WHERE hostname = ?", (name,)).fetchall()
    left += db.execute(
        "SELECT 1 FROM leases WHERE expires_at > 0 AND name = ?", (f"issue {name}",)
    ).fetchall()
    return [f"{name}: issued, but left {left}"] if any(left) else []


async def next_visitor_is_served(running: House, pebble: Pebble, name: Hostname, witness: Witness) -> Serve:
    """Start again; the visitor is served at once, and what the CA had issued is not ordered again."""
    ordered, done = pebble.orders(), certificates_issued(pebble)
    rounds = len(witness.seconds)
    process = await start(running)
    started = time.monotonic()
    assert (await running.visit(name))[0] == 200
    witness.seconds.append(time.monotonic() - started)
    assert witness.seconds[-1] < SERVED_SECONDS
    assert certificates_issued(pebble) == rounds + 1
    if done == rounds + 1:
        assert pebble.orders() == ordered
    return process


async def all_are_served_from_the_store(running: House, pebble: Pebble, names: list[Hostname]) -> None:
    log = pebble.log()
    for name in names:
        assert (await running.visit(name))[0] == 200
    assert pebble.log() == log


def certificates_issued(pebble: Pebble) -> int:
    return pebble.log().count("Issued certificate serial")
