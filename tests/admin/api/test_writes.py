import pytest

from store import audit, batches
from tests.admin.api.house import House, Program
from tests.admin.api.records import call, customer, invoice, line, payment


@pytest.fixture
async def billed(program: Program) -> Program:
    """Acme has the customer A100 and the invoice INV-1."""
    assert (await program.post("/customers", {"rows": [customer()]})).status == 200
    assert (await program.post("/invoices", {"rows": [invoice()]})).json["counts"]["added"] == 1
    return program


async def test_customer_is_added_then_unchanged_then_updated(program: Program) -> None:
    added = await program.put("/customers/A100", customer())
    assert (added.status, added.json["outcome"]) == (200, "added")
    same = await program.put("/customers/A100", customer())
    assert (same.json["outcome"], same.json["batches"]) == ("unchanged", [])
    changed = await program.put("/customers/A100", customer(name="Quay Coffee Ltd"))
    assert changed.json["outcome"] == "updated"
    shown = (await program.get("/customers/A100")).json
    assert (shown["name"], shown["email"], shown["phone"]) == ("Quay Coffee Ltd", "ada@harbour.example", "")


async def test_bad_row_is_refused_and_the_good_ones_are_kept(program: Program) -> None:
    rows = [customer("A1"), customer("A2", name=""), customer("A3", email="nobody"), {"reference": "A4"}, 5]
    answer = await program.post("/customers", {"rows": rows})
    assert answer.status == 200
    assert answer.json["counts"] == {"added": 1, "updated": 0, "unchanged": 0, "refused": 4}
    results = answer.json["results"]
    assert [result["outcome"] for result in results] == ["added", *["refused"] * 4]
    assert results[1]["errors"] == [{"field": "name", "detail": "is empty"}]
    assert results[2]["errors"][0]["field"] == "email"
    assert "required field `name`" in results[3]["errors"][0]["detail"]
    listed = (await program.get("/customers")).json["data"]
    assert [each["reference"] for each in listed] == ["A1"]


async def test_rows_of_one_key_are_all_refused(program: Program) -> None:
    rows = [customer("A1", name="One"), customer("A1", name="Two"), customer("A2")]
    answer = await program.post("/customers", {"rows": rows})
    assert [result["outcome"] for result in answer.json["results"]] == ["refused", "refused", "added"]
    assert answer.json["results"][0]["errors"] == [
        {"field": "reference", "detail": "is the same as in row 2"}
    ]


async def test_refused_customer_is_a_problem_with_its_fields(program: Program) -> None:
    answer = await program.put("/customers/A100", customer(name="", email="x"))
    assert (answer.status, answer.problem) == (422, "refused")
    assert {error["field"] for error in answer.json["errors"]} == {"name", "email"}
    assert (await program.get("/customers/A100")).status == 404


async def test_key_of_body_and_address_must_agree(program: Program) -> None:
    answer = await program.put("/customers/A100", customer("A101"))
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "reference")


async def test_invoice_comes_with_its_lines_and_taxes(billed: Program) -> None:
    shown = (await billed.get("/invoices/INV-1")).json
    assert (shown["gross"], shown["status"], shown["account_reference"]) == ("120.00", "outstanding", "A100")
    assert [(each["position"], each["net"], each["tax_rate"]) for each in shown["lines"]] == [
        (1, "100.00", "20")
    ]
    assert shown["taxes"] == [{"tax_code": "standard", "tax_rate": "20", "net": "100.00", "tax": "20.00"}]


async def test_lines_that_do_not_make_the_invoice_refuse_it_whole(program: Program) -> None:
    await program.post("/customers", {"rows": [customer()]})
    answer = await program.put("/invoices/INV-1", invoice(lines=[line(net="99.00", tax="19.80")]))
    assert (answer.status, answer.problem) == (422, "refused")
    assert "the invoice says £100.00" in answer.json["errors"][0]["detail"]
    assert (await program.get("/invoices/INV-1")).status == 404
    assert (await program.get("/batches", kind="invoices")).json["data"] == []


async def test_bad_line_names_its_place(program: Program) -> None:
    await program.post("/customers", {"rows": [customer()]})
    lines = [line(), line(net="0.00", tax="0.00", tax_code="odd")]
    answer = await program.put("/invoices/INV-1", invoice(lines=lines))
    assert answer.json["errors"][0]["field"] == "lines[1].tax_code"


async def test_one_bad_invoice_leaves_the_others(program: Program) -> None:
    await program.post("/customers", {"rows": [customer()]})
    rows = [
        invoice("I1"),
        invoice("I2", gross="121.00"),
        invoice("I3", lines=[line(net="1.00")]),
        invoice("I4"),
    ]
    answer = await program.post("/invoices", {"rows": rows})
    assert [result["outcome"] for result in answer.json["results"]] == [
        "added",
        "refused",
        "refused",
        "added",
    ]
    listed = (await program.get("/invoices")).json["data"]
    assert [each["number"] for each in listed] == ["I1", "I4"]


async def test_changed_line_updates_its_invoice(billed: Program) -> None:
    same = await billed.put("/invoices/INV-1", invoice())
    assert (same.json["outcome"], same.json["batches"]) == ("unchanged", [])
    answer = await billed.put("/invoices/INV-1", invoice(lines=[line(description="Broadband")]))
    assert answer.json["outcome"] == "updated"
    assert [batch["kind"] for batch in answer.json["batches"]] == ["invoice_lines"]
    shown = (await billed.get("/invoices/INV-1")).json
    assert [each["description"] for each in shown["lines"]] == ["Broadband"]


async def test_fewer_lines_take_the_others_away(billed: Program) -> None:
    halves = [line(net="50.00", tax="10.00"), line(net="50.00", tax="10.00")]
    assert (await billed.put("/invoices/INV-1", invoice(lines=halves))).json["outcome"] == "updated"
    assert (await billed.put("/invoices/INV-1", invoice())).json["outcome"] == "updated"
    shown = (await billed.get("/invoices/INV-1")).json
    assert [each["net"] for each in shown["lines"]] == ["100.00"]


async def test_invoice_without_lines_keeps_the_lines_it_has(billed: Program) -> None:
    given = invoice(status="settled")
    del given["lines"]
    assert (await billed.put("/invoices/INV-1", given)).json["outcome"] == "updated"
    shown = (await billed.get("/invoices/INV-1")).json
    assert (shown["status"], len(shown["lines"])) == ("settled", 1)


async def test_draft_is_seen_once_it_is_published(billed: Program) -> None:
    answer = await billed.post("/invoices?draft=true", {"rows": [invoice("INV-2")]})
    made = answer.json["batches"]
    assert [(batch["kind"], batch["state"]) for batch in made] == [
        ("invoice_lines", "draft"),
        ("invoices", "draft"),
    ]
    assert (await billed.get("/invoices/INV-2")).status == 404
    for batch in made:
        assert (await billed.post(f"/batches/{batch['id']}/publish")).json["state"] == "published"
    assert len((await billed.get("/invoices/INV-2")).json["lines"]) == 1


async def test_row_in_a_draft_is_refused_with_its_batch(billed: Program) -> None:
    draft = await billed.post("/customers?draft=true", {"rows": [customer(name="Draft")]})
    answer = await billed.post("/customers", {"rows": [customer(name="Other"), customer("A200")]})
    assert [result["outcome"] for result in answer.json["results"]] == ["refused", "added"]
    number = draft.json["batches"][0]["id"]
    assert f"batch {number}, a draft" in answer.json["results"][0]["errors"][0]["detail"]


async def test_withdrawn_batch_gives_way_to_what_was_there(billed: Program) -> None:
    answer = await billed.put("/customers/A100", customer(name="Wrong"))
    batch = answer.json["batches"][0]["id"]
    assert (await billed.post(f"/batches/{batch}/withdraw")).json["state"] == "withdrawn"
    assert (await billed.get("/customers/A100")).json["name"] == "Harbour Coffee Ltd"
    again = await billed.post(f"/batches/{batch}/withdraw")
    assert (again.status, again.problem) == (409, "not-possible")


async def test_payment_settles_the_invoice_it_names(billed: Program) -> None:
    answer = await billed.put("/payments/PAY-1", payment(invoice_number="INV-1"))
    assert answer.json["outcome"] == "added"
    shown = (await billed.get("/payments/PAY-1")).json
    assert (shown["status"], shown["allocations"]) == (
        "paidOut",
        [{"invoice_number": "INV-1", "amount": "120.00"}],
    )
    settled = (await billed.get("/invoices/INV-1")).json["allocations"]
    assert settled == [{"payment_external_id": "PAY-1", "amount": "120.00"}]
    assert (await billed.put("/payments/PAY-1", payment(invoice_number="INV-1"))).json[
        "outcome"
    ] == "unchanged"


async def test_payment_is_divided_as_it_says(billed: Program) -> None:
    await billed.post("/invoices", {"rows": [invoice("INV-2")]})
    await billed.put("/payments/PAY-1", payment(invoice_number="INV-1"))
    parts = [
        {"invoice_number": "INV-1", "amount": "20.00"},
        {"invoice_number": "INV-2", "amount": "100.00"},
    ]
    given = payment(invoice_number="INV-1", allocations=parts)
    assert (await billed.put("/payments/PAY-1", given)).json["outcome"] == "updated"
    assert (await billed.get("/payments/PAY-1")).json["allocations"] == parts
    assert (await billed.put("/payments/PAY-1", given)).json["outcome"] == "unchanged"


async def test_new_payment_comes_divided_in_one_batch(billed: Program) -> None:
    given = payment(allocations=[{"invoice_number": "INV-1", "amount": "20.00"}])
    answer = await billed.post("/payments", {"rows": [given, payment("PAY-2", invoice_number="INV-1")]})
    assert answer.json["counts"]["added"] == 2
    assert [batch["kind"] for batch in answer.json["batches"]] == ["payments"]
    allocations = (await billed.get("/invoices/INV-1")).json["allocations"]
    assert [each["amount"] for each in allocations] == ["20.00", "120.00"]


async def test_more_than_a_payment_cannot_be_allocated(billed: Program) -> None:
    given = payment(allocations=[{"invoice_number": "INV-1", "amount": "120.01"}])
    answer = await billed.put("/payments/PAY-1", given)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "allocations[0].amount")
    assert (await billed.get("/payments/PAY-1")).status == 404


async def test_calls_come_in_bulk(billed: Program) -> None:
    rows = [call(f"C{number}", started=f"2026-11-20T09:{number:02}:00Z") for number in range(50)]
    answer = await billed.post("/calls", {"rows": [*rows, call("X", account_reference="nobody")]})
    assert answer.json["counts"] == {"added": 50, "updated": 0, "unchanged": 0, "refused": 1}
    again = await billed.post("/calls", {"rows": rows})
    assert (again.json["counts"]["unchanged"], again.json["batches"]) == (50, [])
    changed = await billed.post("/calls", {"rows": [{**rows[0], "net_price": "1"}]})
    assert changed.json["results"][0]["outcome"] == "updated"
    shown = (await billed.get("/calls", account_reference="A100", sort="started", limit="1")).json["data"]
    assert (shown[0]["net_price"], shown[0]["started"]) == ("1", "2026-11-20T09:00:00Z")


async def test_call_at_another_start_is_the_same_call_corrected(billed: Program) -> None:
    await billed.post("/calls", {"rows": [call()]})
    answer = await billed.post("/calls", {"rows": [call(started="2026-11-20T09:31:00Z"), call("C2")]})
    assert [result["outcome"] for result in answer.json["results"]] == ["updated", "added"]
    shown = (await billed.get("/calls", account_reference="A100", sort="started")).json["data"]
    assert [(each["external_id"], each["started"]) for each in shown] == [
        ("C2", "2026-11-20T09:30:00Z"),
        ("C1", "2026-11-20T09:31:00Z"),
    ]


async def test_call_that_moves_out_of_a_draft_is_refused_and_the_others_are_kept(billed: Program) -> None:
    await billed.post("/calls?draft=true", {"rows": [call()]})
    answer = await billed.post("/calls", {"rows": [call(started="2026-11-20T09:31:00Z"), call("C2")]})
    assert [result["outcome"] for result in answer.json["results"]] == ["refused", "added"]
    assert "a draft" in answer.json["results"][0]["errors"][0]["detail"]


async def test_too_many_rows_are_refused_as_a_whole(program: Program) -> None:
    answer = await program.post("/customers", {"rows": [customer(f"A{n}") for n in range(1001)]})
    assert (answer.status, answer.problem) == (422, "refused")
    assert "1,001 rows" in answer.json["detail"]
    assert (await program.post("/customers", {"rows": []})).status == 422


@pytest.mark.parametrize("path", ["/customers", "/invoices", "/payments", "/calls"])
@pytest.mark.parametrize("row", [b'{"\xff":"a"}', b'{"reference":"A\xff"}'])
async def test_row_that_is_not_utf_8_is_the_senders_fault(program: Program, path: str, row: bytes) -> None:
    sent = {"data": b'{"rows":[' + row + b"]}", "headers": {"Content-Type": "application/json"}}
    answer = await program.send("POST", path, **sent)
    if path != "/customers" and b"reference" in row:  # the name alone is refused
        assert answer.json["counts"]["refused"] == 1
        return
    assert (answer.status, answer.problem) == (400, "bad-request")
    assert "not JSON" in answer.json["detail"]


async def test_writes_are_in_the_audit_with_their_token(house: House, acme: int, program: Program) -> None:
    answer = await program.put("/customers/A100", customer())
    entry = (await house.store.read(audit.of_organisation, acme))[0]
    assert (entry.actor, entry.action) == ("token:1", "batch.published")
    assert entry.object == f"batch:{answer.json['batches'][0]['id']}"


async def test_batch_counts_its_rows(house: House, acme: int, program: Program) -> None:
    await program.post("/customers", {"rows": [customer("A1")]})
    rows = [customer("A1"), customer("A1b"), customer("A2", name="")]
    answer = await program.post("/customers", {"rows": rows})
    batch = await house.store.read(batches.by_id, acme, answer.json["batches"][0]["id"])
    assert batch and batch.file_name == "api"
    assert (batch.rows_read, batch.rows_added, batch.rows_unchanged, batch.rows_refused) == (2, 1, 1, 1)
