"""Certificates tried in memory as a visitor would, before anybody is served by them."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest

from edge.tls.rehearsal import rehearse
from store.hostname import Hostname
from store.rehearsal import Reason, Refused, Trusted
from tests.fakes.own_ca import Authority, new_key, pem
from tests.fakes.self_signed import self_signed

HOST = Hostname("billing.mycompany.com")
ROOT = Authority("Root of Trust")
MIDDLE = Authority("Middle CA", ROOT)
KEY = new_key()
DAY = timedelta(days=1)
NOW = datetime.now(UTC).replace(microsecond=0)


def leaf(name: str = HOST, not_after: datetime = NOW + DAY) -> bytes:
    return MIDDLE.leaf(name, key=KEY, not_before=NOW - 2 * DAY, not_after=not_after)


@pytest.fixture
def trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=ROOT.pem.decode())
    return context


async def test_whole_chain_is_trusted(trust: ssl.SSLContext) -> None:
    assert await rehearse(HOST, leaf() + MIDDLE.pem, pem(KEY), trust) == Trusted()


async def test_missing_authority_is_told(trust: ssl.SSLContext) -> None:
    found = await rehearse(HOST, leaf(), pem(KEY), trust)
    assert found == Refused(Reason.CHAIN_SHORT, "unable to get local issuer certificate")


async def test_certificate_that_nobody_vouches_for_is_told(trust: ssl.SSLContext) -> None:
    found = await rehearse(HOST, *self_signed(HOST), trust)
    assert isinstance(found, Refused) and found.reason is Reason.SELF_SIGNED


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        (leaf("other.mycompany.com") + MIDDLE.pem, "Hostname mismatch"),
        (leaf(not_after=NOW - DAY) + MIDDLE.pem, "certificate has expired"),
    ],
)
async def test_all_else_is_told_in_the_words_of_the_visitors_side(
    trust: ssl.SSLContext, chain: bytes, words: str
) -> None:
    found = await rehearse(HOST, chain, pem(KEY), trust)
    assert isinstance(found, Refused) and found.reason is Reason.OTHER and words in found.words


async def test_key_that_does_not_fit_is_told(trust: ssl.SSLContext) -> None:
    found = await rehearse(HOST, leaf() + MIDDLE.pem, pem(new_key()), trust)
    assert isinstance(found, Refused) and "MISMATCH" in found.words
