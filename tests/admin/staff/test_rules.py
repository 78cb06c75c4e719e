from dataclasses import replace

from admin.staff.rules import LAST, OWN, reason_against
from store.staff import Member, Role
from tests.factories import NOW

OPERATOR = Member(1, "op@provider.example", "hash", Role.OPERATOR, None, NOW, None)
OTHER = replace(OPERATOR, id=2)
ADMIN = Member(3, "admin@acme.example", "hash", Role.ADMIN, 1, NOW, None)


def test_own_sign_in_is_never_removed() -> None:
    assert reason_against(OPERATOR, OPERATOR, 5) == OWN
    assert reason_against(ADMIN, ADMIN, 5) == OWN


def test_last_operator_stays() -> None:
    assert reason_against(OTHER, OPERATOR, 1) == LAST
    assert reason_against(OTHER, OPERATOR, 2) is None


def test_operator_who_never_chose_a_password_is_not_the_last_one() -> None:
    assert reason_against(OTHER, replace(OPERATOR, password_hash=""), 1) is None


def test_admin_may_go_whoever_is_left() -> None:
    assert reason_against(OPERATOR, ADMIN, 1) is None
