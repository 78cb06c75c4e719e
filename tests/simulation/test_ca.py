"""The simulated CA counts as https://letsencrypt.org/docs/rate-limits/ has it: known examples, none of them ours."""

from datetime import UTC, datetime, timedelta

import pytest

from simulation.ca import CA, Certificate, Outage, Refused, Revocation
from simulation.lifetimes import classic, shortlived

NOW = datetime(2026, 12, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def issued(
    ca: CA, name: str, now: datetime = NOW, *, domain: str = "", replaces: Certificate | None = None
) -> Certificate:
    found = ca.order(name, domain or name, replaces, True, now)
    assert isinstance(found, Certificate)
    return found


def refused(ca: CA, name: str, now: datetime = NOW, *, domain: str = "", proven: bool = True) -> Refused:
    found = ca.order(name, domain or name, None, proven, now)
    assert isinstance(found, Refused)
    return found


def test_300_orders_at_once_and_one_more_each_36_seconds() -> None:
    ca = CA(NOW, classic)
    for number in range(300):
        issued(ca, f"name{number}.example")
    late = refused(ca, "late.example")
    assert late.retry_after == timedelta(seconds=36)
    assert late.words.startswith(
        "too many new orders (300) from this account in the last 3h0m0s, retry after"
    )
    assert late.words.endswith("2026-12-01 00:00:36 UTC")
    issued(ca, "late.example", NOW + timedelta(seconds=36))
    refused(ca, "later.example", NOW + timedelta(seconds=37))
    assert (ca.orders, ca.rate_limited) == (301, 2)


def test_50_certificates_of_a_registered_domain_and_one_more_each_202_minutes() -> None:
    ca = CA(NOW, classic)
    for number in range(50):
        issued(ca, f"n{number}.shop.example", domain="shop.example")
    more = refused(ca, "more.shop.example", domain="shop.example")
    assert 'too many certificates (50) already issued for "shop.example"' in more.words
    assert more.retry_after and round(more.retry_after / timedelta(minutes=1)) == 202
    issued(ca, "more.other.example", domain="other.example")
    issued(ca, "more.shop.example", NOW + timedelta(minutes=202), domain="shop.example")


def test_5_certificates_of_the_same_names_and_one_more_each_34_hours() -> None:
    ca = CA(NOW, classic)
    for _ in range(5):
        issued(ca, "shop.example")
    sixth = refused(ca, "shop.example")
    assert "too many certificates (5) already issued for this exact set of identifiers" in sixth.words
    assert sixth.retry_after and round(sixth.retry_after / HOUR) == 34
    issued(ca, "shop.example", NOW + timedelta(hours=34))


def test_5_failed_authorizations_of_a_name_and_one_more_each_12_minutes() -> None:
    ca = CA(NOW, classic)
    for _ in range(5):
        assert refused(ca, "shop.example", proven=False).code == "unauthorized"
    sixth = refused(ca, "shop.example", proven=False)
    assert (sixth.code, sixth.retry_after) == ("rateLimited", timedelta(minutes=12))
    assert 'too many failed authorizations (5) for "shop.example" in the last 1h0m0s' in sixth.words
    issued(ca, "other.example")
    issued(ca, "shop.example", NOW + timedelta(minutes=12))


@pytest.mark.parametrize(("a_day", "days"), [(2, 1152), (5, 288), (30, 40)])
def test_failures_in_a_row_pause_a_name_when_the_documents_say(a_day: int, days: int) -> None:
    ca, now, failed = CA(NOW, classic), NOW, 0
    while (last := refused(ca, "shop.example", now, proven=False)).code == "unauthorized":
        failed += 1
        now += DAY / a_day
    assert "paused" in last.words
    assert (now - NOW) / DAY == pytest.approx(days, rel=0.05)


def test_a_success_ends_failures_in_a_row() -> None:
    ca = CA(NOW, classic)
    for day in range(2000):
        at = NOW + day * DAY
        for part in (0, 0.3, 0.6):
            assert refused(ca, "shop.example", at + part * DAY, proven=False).code == "unauthorized"
        if day % 100 == 0:
            issued(ca, "shop.example", at + 0.9 * DAY)


def test_renewals_without_a_window_cost_the_account_and_the_domain_nothing() -> None:
    ca = CA(NOW, classic)
    for number in range(50):
        issued(ca, f"n{number}.shop.example", domain="shop.example")
    for number in range(250):
        issued(ca, f"name{number}.example")
    for number in range(50):
        issued(ca, f"n{number}.shop.example", domain="shop.example")
    assert "new orders" in refused(ca, "one-more.example").words


def test_a_name_whose_last_certificate_is_long_ago_is_new() -> None:
    ca = CA(NOW, classic)
    issued(ca, "old.example")
    later = NOW + 121 * DAY
    for number in range(300):
        issued(ca, f"name{number}.example", later)
    assert "new orders" in refused(ca, "old.example", later).words


def test_a_renewal_within_its_window_is_free_of_every_limit_once() -> None:
    ca = CA(NOW, classic)
    first = issued(ca, "shop.example")
    start_at, end_at = ca.window(first, NOW)
    for _ in range(5):
        issued(ca, "shop.example", start_at - HOUR)
    refused(ca, "shop.example", start_at)
    issued(ca, "shop.example", start_at, replaces=first)
    again = ca.order("shop.example", "shop.example", first, True, start_at)
    assert isinstance(again, Refused) and "exact set" in again.words
    assert end_at - start_at == classic(NOW) / 50


def test_the_window_is_about_two_thirds_or_half_of_the_life() -> None:
    for lifetime, share in ((classic, 2 / 3), (shortlived, 1 / 2)):
        ca = CA(NOW, lifetime)
        certificate = issued(ca, "shop.example")
        start_at, end_at = ca.window(certificate, NOW)
        middle = start_at + (end_at - start_at) / 2
        life = certificate.not_after - certificate.not_before
        assert abs(middle - (certificate.not_before + share * life)) < timedelta(seconds=1)


def test_a_mass_revocation_puts_windows_in_the_past() -> None:
    revocation = Revocation(NOW + 10 * DAY, NOW, 1)
    ca = CA(NOW, classic, revocations=(revocation,))
    certificate = issued(ca, "shop.example")
    assert ca.moves_at(certificate, NOW) == revocation.at
    assert ca.window(certificate, revocation.at - HOUR)[0] > revocation.at
    assert ca.window(certificate, revocation.at)[1] < revocation.at
    after = issued(ca, "other.example", revocation.at)
    assert ca.moves_at(after, revocation.at) is None


def test_nobody_answers_in_an_outage() -> None:
    ca = CA(NOW, classic, (Outage(NOW + DAY, NOW + 2 * DAY),))
    assert refused(ca, "shop.example", NOW + DAY).code == "unreachable"
    assert ca.orders == 0
    issued(ca, "shop.example", NOW + 2 * DAY)


@pytest.mark.parametrize(
    ("day", "days"),
    [("2027-02-09", 90), ("2027-02-10", 64), ("2028-02-15", 64), ("2028-02-16", 45), ("2029-03-15", 45)],
)
def test_lifetimes_change_on_the_days_that_were_announced(day: str, days: int) -> None:
    assert classic(datetime.fromisoformat(day).replace(tzinfo=UTC)) == timedelta(days=days)
