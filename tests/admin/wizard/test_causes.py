from admin.wizard.causes import explain
from store.diagnosis import Actor


def test_rate_limit_is_the_ca_s() -> None:
    assert explain("ca:rateLimited").actor is Actor.CA


def test_caa_is_the_admin_s_to_mend() -> None:
    assert explain("ca:caa").actor is Actor.YOU


def test_unknown_cause_is_ours() -> None:
    assert explain("something new").actor is Actor.US
