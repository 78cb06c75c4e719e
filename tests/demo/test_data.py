"""Made-up data adds up, row by row, as an accountant would check it."""

import csv
import re
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from demo import data
from demo.calls import shares
from demo.data import Company

TODAY = date(2026, 11, 22)
PENNY = Decimal("0.01")
Rows = list[dict[str, str]]


def read(company: Company, kind: str) -> Rows:
    with company.files[kind].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> list[Company]:
    return data.write(tmp_path_factory.mktemp("full"), TODAY)


@pytest.fixture(
    scope="module",
    params=[(1, TODAY), (2, date(2026, 3, 1)), (3, date(2024, 2, 29)), (4, date(2027, 1, 16)), (5, TODAY)],
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def companies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Company]:
    seed, today = request.param
    return data.write(tmp_path_factory.mktemp("some"), today, months=7, calls=900, seed=seed)


def money(text: str) -> Decimal:
    assert re.fullmatch(r"-?\d+\.\d\d", text)
    return Decimal(text)


def test_net_and_tax_make_gross_and_paid_and_due_make_gross(companies: list[Company]) -> None:
    for row in (row for company in companies for row in read(company, "invoices")):
        net, tax, gross, paid, due = (
            money(row[name]) for name in ("net", "tax", "gross", "paid", "due_amount")
        )
        assert net + tax == gross
        assert due == 0 == paid if row["status"] == "void" else paid + due == gross
        expected = {"settled": due == 0, "outstanding": paid == 0, "partlySettled": 0 < paid < gross}
        assert expected.get(row["status"], row["status"] == "void")
        assert (gross < 0) == (row["kind"] == "creditNote") == bool(row["credits_invoice"])


def test_lines_add_up_to_their_invoice(companies: list[Company]) -> None:
    for company in companies:
        sums: defaultdict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for line in read(company, "invoice_lines"):
            net, tax = money(line["net"]), money(line["tax"])
            assert net == Decimal(line["quantity"]) * money(line["unit_price"])
            assert tax == (net * Decimal(line["tax_rate"]) / 100).quantize(PENNY, ROUND_HALF_UP)
            sums[line["invoice_number"]][0] += net
            sums[line["invoice_number"]][1] += tax
        stated = {row["number"]: [money(row["net"]), money(row["tax"])] for row in read(company, "invoices")}
        assert sums == stated


def test_calls_of_a_usage_line_add_up_to_its_net(companies: list[Company]) -> None:
    for company in companies:
        sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for call in read(company, "calls"):
            if call["invoice_line"]:
                sums[call["invoice_number"], call["invoice_line"]] += Decimal(call["net_price"])
        usage = {
            (line["invoice_number"], line["position"]): money(line["net"])
            for line in read(company, "invoice_lines")
            if line["kind"] == "usage"
        }
        assert {key: total.quantize(PENNY, ROUND_HALF_UP) for key, total in sums.items()} == usage


def test_call_stands_on_a_line_of_its_own_number_and_month(companies: list[Company]) -> None:
    for company in companies:
        lines = {(row["invoice_number"], row["position"]): row for row in read(company, "invoice_lines")}
        accounts = {row["number"]: row["account_reference"] for row in read(company, "invoices")}
        for call in read(company, "calls"):
            if call["invoice_number"]:
                assert accounts[call["invoice_number"]] == call["account_reference"]
            if call["invoice_line"]:
                line = lines[call["invoice_number"], call["invoice_line"]]
                assert line["cli"] == call["cli"]
                assert line["period_from"] <= call["started"][:10] <= line["period_to"]


def test_prices_are_split_and_free_calls_cost_nothing(companies: list[Company]) -> None:
    for call in (call for company in companies for call in read(company, "calls")):
        net, access, service = (
            Decimal(call[key]) for key in ("net_price", "access_charge", "service_charge")
        )
        if call["destination_group"] == "Special rate":
            assert net == access + service > 0
        else:
            assert access == service == 0
        if call["in_bundle"] == "true" or call["direction"] == "inbound" or call["charge_band"] == "080":
            assert net == 0
        assert net == 0 or call["invoice_line"] or not call["invoice_number"]


def test_allocations_with_credits_make_what_was_paid(companies: list[Company]) -> None:
    for company in companies:
        payments = {row["external_id"]: row for row in read(company, "payments")}
        came: defaultdict[str, Decimal] = defaultdict(Decimal)
        spent: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in read(company, "allocations"):
            assert payments[row["payment_external_id"]]["status"] == "paidOut"
            came[row["invoice_number"]] += money(row["amount"])
            spent[row["payment_external_id"]] += money(row["amount"])
        invoices = read(company, "invoices")
        for note in (row for row in invoices if row["kind"] == "creditNote"):
            came[note["credits_invoice"]] += -money(note["gross"])
            came[note["number"]] = money(note["gross"])
        assert {n: amount for n, amount in came.items() if amount} == {
            row["number"]: money(row["paid"]) for row in invoices if money(row["paid"])
        }
        assert all(money(payments[identity]["amount"]) == amount for identity, amount in spent.items())


def test_nothing_is_of_the_future(companies: list[Company], request: pytest.FixtureRequest) -> None:
    today = request.node.callspec.params["companies"][1]
    for company in companies:
        assert all(date.fromisoformat(row["date"]) <= today for row in read(company, "invoices"))
        assert all(date.fromisoformat(row["date"]) <= today for row in read(company, "payments"))
        starts = [datetime.fromisoformat(row["started"]) for row in read(company, "calls")]
        assert all(start.tzinfo and start.date() < today for start in starts)


def test_keys_are_unique_and_every_invoice_has_its_pdf(companies: list[Company]) -> None:
    for company in companies:
        numbers = [row["number"] for row in read(company, "invoices")]
        documents = company.files["documents"].iterdir()
        assert sorted(f"{number}.pdf" for number in numbers) == sorted(path.name for path in documents)
        for kind, key in (("customers", "reference"), ("payments", "external_id"), ("calls", "external_id")):
            assert max(Counter(row[key] for row in read(company, kind)).values()) == 1


def test_pdfs_are_whole_and_small(full: list[Company]) -> None:
    paths = [path for company in full for path in company.files["documents"].iterdir()]
    for content in (path.read_bytes() for path in paths):
        assert content.startswith(b"%PDF-1.") and content.rstrip().endswith(b"%%EOF")
        assert len(content) < 8_000


def test_number_of_calls_is_exact(companies: list[Company], full: list[Company]) -> None:
    assert sum(len(read(company, "calls")) for company in companies) == 900
    assert sum(len(read(company, "calls")) for company in full) == 20_000


def test_full_data_shows_every_kind_of_thing(full: list[Company]) -> None:
    def values(kind: str, column: str) -> set[str]:
        return {row[column] for company in full for row in read(company, kind)}

    assert values("invoice_lines", "tax_code") == {"standard", "reduced", "zero", "exempt", "reverse_charge"}
    assert values("invoice_lines", "kind") == {"recurring", "one-off", "usage", "credit"}
    assert values("invoices", "status") == {"outstanding", "partlySettled", "settled", "void"}
    assert values("customers", "type") == {"business", "consumer", "reseller"}
    assert values("payments", "status") >= {"paidOut", "failed", "chargedBack"}
    assert values("calls", "type") == {"voice", "sms", "data"}
    assert values("calls", "direction") == {"outbound", "inbound"}
    assert values("calls", "charge_band") >= {"080", "084", "087", "09", "Zone 2"}
    assert len(values("invoices", "date")) >= 24


def test_same_day_and_seed_make_the_same_bytes(tmp_path: Path) -> None:
    twice = [data.write(tmp_path / name, TODAY, months=4, calls=100) for name in ("first", "second")]
    for first, second in zip(*twice, strict=True):
        files = [sorted(path for path in c.files["calls"].parent.rglob("*.*")) for c in (first, second)]
        assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]


def test_numbers_are_those_kept_for_drama(full: list[Company]) -> None:
    drama = re.compile(
        r"0(1(13|14|17|21|31|61)4960\d{3}|2079460\d{3}|2920180\d{3}|1632960\d{3}|7700900\d{3}|8081570\d{3}"
        r"|3069990\d{3}|9098790\d{3}|8[47][31]000\d{4}|0\d+)"
    )
    for call in (call for company in full for call in read(company, "calls")):
        assert drama.fullmatch(call["cli"]) and (drama.fullmatch(call["number"]) or call["type"] == "data")
    for customer in (row for company in full for row in read(company, "customers")):
        assert drama.fullmatch(customer["phone"].replace(" ", ""))
        assert customer["email"].endswith(".example")


@pytest.mark.parametrize(
    ("total", "weights", "parts"), [(10, [1, 1, 1], [4, 3, 3]), (7, [0, 5], [0, 7]), (0, [3], [0])]
)
def test_shares_add_up(total: int, weights: list[int], parts: list[int]) -> None:
    assert shares(total, weights) == parts


def test_mandates_collect_but_for_who_pays_late_and_one_collection_fails_now(full: list[Company]) -> None:
    harbour = full[0]
    mandates = {row["account_reference"]: row for row in read(harbour, "mandates")}
    assert mandates.keys() == {row["reference"] for row in read(harbour, "customers")}
    assert all(re.fullmatch(r"\d{4}", row["account_ending"]) for row in mandates.values())
    assert {row["status"] for row in mandates.values()} == {"active", "cancelled"}
    open_numbers = {row["number"] for row in read(harbour, "invoices") if row["status"] == "outstanding"}
    failed = [row for row in read(harbour, "payments") if row["status"] == "failed"]
    assert all(row["failure"] and row["collected_on"] for row in failed)
    assert [row["account_reference"] for row in failed if row["invoice_number"] in open_numbers] == ["HT1002"]
