import pytest

from store import api_tokens, audit
from tests.edge.cli.desk import Desk

OF = ("--organisation", "meridian")
ADD = ("token", "add", "Billing system", "--scope", "calls:read", "--scope", "invoices:write", *OF)


def test_token_is_shown_once_and_kept_as_a_hash(meridian: Desk) -> None:
    secret = meridian.done(*ADD, "--days", "30").out.strip()
    now = meridian.store(lambda db: api_tokens.of_organisation(db, 1))[0].created_at
    found = meridian.store(lambda db: api_tokens.find(db, secret, now))
    assert found and (found.name, sorted(found.scopes)) == (
        "Billing system",
        ["calls:read", "invoices:write"],
    )
    assert found.expires_at and (found.expires_at - now).days == 30
    (entry,) = meridian.store(lambda db: audit.of_organisation(db, 1))[:1]
    assert (entry.actor, entry.action) == ("cli", "api_token.made") and secret not in str(entry)


def test_all_is_every_scope(meridian: Desk) -> None:
    meridian.done("token", "add", "Everything", "--scope", "all", *OF)
    (token,) = meridian.store(lambda db: api_tokens.of_organisation(db, 1))
    assert token.scopes == api_tokens.SCOPES.keys()


def test_list_says_what_works_and_never_the_token(meridian: Desk) -> None:
    secret = meridian.done(*ADD).out.strip()
    assert meridian.done("token", "revoke", "1", *OF).out == "token 1 revoked\n"
    meridian.done(*ADD)
    said = meridian.done("token", "list", *OF).out
    assert said.splitlines() == [
        "2\tBilling system\tworks\tnever used\tinvoices:write calls:read",
        "1\tBilling system\trevoked\tnever used\tinvoices:write calls:read",
    ]
    assert secret not in said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ("token", "add", "x", "--scope", "everything", *OF),
            "no scope 'everything'; there are customers:read",
        ),
        (("token", "add", " ", "--scope", "all", *OF), "a name of one line"),
        (("token", "add", "a\nb", "--scope", "all", *OF), "a name of one line"),
        (("token", "add", "x", "--scope", "all", "--days", "0", *OF), "--days must be from 1"),
        (("token", "add", "x", "--scope", "all", "--organisation", "nobody"), "no organisation 'nobody'"),
        (("token", "revoke", "7", *OF), "no token 7 that works"),
    ],
)
def test_refusal_changes_nothing(meridian: Desk, words: tuple[str, ...], reason: str) -> None:
    said = meridian.typed(*words)
    assert (said.code, said.out) == (1, "") and reason in said.err
    assert meridian.store(lambda db: api_tokens.of_organisation(db, 1)) == []
