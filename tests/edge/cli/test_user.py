import pytest

from store import users
from store.users import User
from tests import factories
from tests.edge.cli.desk import Desk

PASSWORD = "correct horse battery staple"
ADD = ("user", "add", "Ada@Harbour.example", "--organisation", "meridian", "--account")


@pytest.fixture
def customers(meridian: Desk) -> Desk:
    """Two customers of meridian are there."""
    for reference in ("A100", "A200"):
        meridian.store(lambda db, reference=reference: factories.account(db, 1, reference))  # type: ignore[misc]
    return meridian


def found(desk: Desk) -> User | None:
    return desk.store(lambda db: users.by_email(db, 1, "ada@harbour.example"))


def test_customer_can_sign_in(customers: Desk) -> None:
    said = customers.done(*ADD, "A100", "--password-stdin", stdin=PASSWORD)
    assert said.out == "Ada@Harbour.example can sign in for A100\n"
    user = found(customers)
    assert user and user.password_hash.startswith("$argon2id$")


def test_second_account_keeps_the_password(customers: Desk) -> None:
    customers.done(*ADD, "A100", "--password-stdin", stdin=PASSWORD)
    first = found(customers)
    said = customers.done(*ADD, "A200", "--password-stdin", stdin=PASSWORD + "2")
    assert "with the password they have" in said.out
    assert found(customers) == first
    memberships = customers.store(lambda db: users.memberships(db, 1, first.id if first else 0))
    assert [one.reference for one in memberships] == ["A100", "A200"]


@pytest.mark.parametrize(
    ("words", "stdin", "reason"),
    [
        ((*ADD, "A999"), PASSWORD, "meridian has no customer 'A999'"),
        ((*ADD, "A100"), "short", "password: "),
        (
            ("user", "add", "x@y.example", "--organisation", "nobody", "--account", "A100"),
            PASSWORD,
            "'nobody'",
        ),
    ],
)
def test_refusal_changes_nothing(customers: Desk, words: tuple[str, ...], stdin: str, reason: str) -> None:
    said = customers.typed(*words, "--password-stdin", stdin=stdin)
    assert (said.code, said.out) == (1, "") and reason in said.err
    assert found(customers) is None
