"""Mandates through the API: kept, read, and never with more of an account than its last four digits."""

from tests.admin.api.house import Program
from tests.admin.api.records import customer, mandate, payment


async def with_customer(program: Program) -> None:
    assert (await program.put("/customers/A100", customer())).status == 200


async def test_a_mandate_is_read_as_it_was_sent(program: Program) -> None:
    await with_customer(program)
    sent = mandate(is_default=True, collection_day=15, provider="GoCardless")
    assert (await program.put("/mandates/MD-1", sent)).json["outcome"] == "added"
    assert (await program.put("/mandates/MD-1", sent)).json["outcome"] == "unchanged"
    found = (await program.get("/mandates/MD-1")).json
    assert sent.items() <= found.items() and found["updated_at"]
    assert (await program.put("/mandates/MD-1", sent | {"status": "cancelled"})).json["outcome"] == "updated"
    assert (await program.get("/mandates/MD-1")).json["status"] == "cancelled"


async def test_a_whole_account_number_is_refused_and_not_said_again(program: Program) -> None:
    await with_customer(program)
    answer = await program.put("/mandates/MD-1", mandate(account_ending="12345678"))
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "account_ending")
    assert "no more than the last four" in answer.json["detail"]
    assert b"12345678" not in answer.body
    assert (await program.get("/mandates/MD-1")).status == 404


async def test_good_rows_are_kept_beside_refused_ones(program: Program) -> None:
    await with_customer(program)
    rows = [mandate("MD-1"), mandate("MD-2", status="asleep"), mandate("MD-3", iban="GB29NWBK60161331926819")]
    answer = await program.post("/mandates", {"rows": rows})
    assert answer.json["counts"] == {"added": 1, "updated": 0, "unchanged": 0, "refused": 2}
    assert b"GB29" not in answer.body
    assert [
        each["external_id"] for each in (await program.get("/mandates", status="active")).json["data"]
    ] == ["MD-1"]


async def test_a_payment_says_when_it_was_collected_and_why_it_failed(program: Program) -> None:
    await with_customer(program)
    sent = payment(status="failed", collected_on="2026-11-09", failure="Insufficient funds")
    assert (await program.put("/payments/PAY-1", sent)).status == 200
    found = (await program.get("/payments/PAY-1")).json
    assert (found["collected_on"], found["failure"]) == ("2026-11-09", "Insufficient funds")
    await program.put("/payments/PAY-2", payment("PAY-2"))
    plain = (await program.get("/payments/PAY-2")).json
    assert (plain["collected_on"], plain["failure"]) == (None, "")
