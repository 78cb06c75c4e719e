"""Columns: a file in another's words is read by a mapping that is proposed, mended, saved and found again."""

from store import audit, sources
from tests.admin.imports.runs import CUSTOMERS, HOME, Runs
from tests.fakes.admin_console import Console

THEIRS = (
    "Cust Ref;Company Name;Tel;Since\n"
    "A1;Café Harbour;020 7946 0000;22/11/2026\n"
    "A2;Quay Books;020 7946 0001;01/10/2026\n"
).encode("cp1252")


async def test_first_rows_and_what_looks_right_are_shown(runs: Runs) -> None:
    url = await runs.file("customers", THEIRS, "theirs.csv")
    page = (await runs.admin.get(url)).text
    assert "Café Harbour" in page
    fields = await runs.filled(url)
    assert (fields["delimiter"], fields["encoding"], fields["dates"]) == ("semicolon", "cp1252", "dmy")
    assert (fields["column_name"], fields["column_phone"]) == ("1", "2")


async def test_mapping_is_saved_by_name_and_fills_in_the_next_file(runs: Runs, console: Console) -> None:
    url = await runs.file("customers", THEIRS, "theirs.csv")
    asked = await runs.ask(url, column_reference="0", constant_country="United Kingdom", name="From Sage")
    assert asked.status == 303
    await runs.work()
    assert (await runs.attempt(asked.location)).outcome.rows_added == 2
    [source] = await console.store.read(sources.of_organisation, 1)
    assert (source.name, source.mapping.columns["reference"]) == ("From Sage", "Cust Ref")
    assert source.mapping.constants == {"country": "United Kingdom"}
    assert "Since" in source.mapping.ignored
    again = await runs.filled(await runs.file("customers", THEIRS.replace(b"Quay", b"Key"), "next.csv"))
    assert (again["name"], again["column_reference"]) == ("From Sage", "0")
    assert again["constant_country"] == "United Kingdom"


async def test_saved_source_is_chosen_by_hand_and_only_ones_own(runs: Runs, console: Console) -> None:
    url = await runs.file("customers", THEIRS, "theirs.csv")
    await runs.ask(url, column_reference="0", name="From Sage")
    other = await runs.file("customers", CUSTOMERS)
    assert (await runs.filled(other))["name"] == ""
    page = (await runs.admin.get(f"{other}?source=1")).text
    assert "From Sage" in page
    assert (await runs.admin.get(f"{other}?source=99999")).status == 200


async def test_file_of_our_own_template_needs_no_name(runs: Runs, console: Console) -> None:
    asked = await runs.ask(await runs.file("customers", CUSTOMERS))
    assert asked.status == 303
    assert await console.store.read(sources.of_organisation, 1) == []
    asked_by = [
        entry
        for entry in await console.store.read(audit.of_organisation, 1)
        if entry.action == "import.asked"
    ]
    assert [(entry.object, entry.detail["file"]) for entry in asked_by] == [("attempt:1", "customers.csv")]


async def test_faults_are_shown_beside_their_fields_and_nothing_typed_is_lost(runs: Runs) -> None:
    url = await runs.file("customers", THEIRS, "theirs.csv")
    changed = {"column_reference": "", "column_name": "2", "constant_town": "Bristol", "name": "x" * 61}
    answer = await runs.ask(url, **changed)
    assert answer.status == 422
    for words in (
        "Reference: choose its column",
        "“Tel” is chosen for Name too",
        "one line, of at most 60 characters",
        'value="Bristol"',
        'aria-invalid="true"',
    ):
        assert words in answer.text
    unnamed = await runs.ask(url, column_reference="0", name="")
    assert "Give this source a name" in unnamed.text


async def test_look_again_reads_the_rows_as_the_form_says(runs: Runs) -> None:
    url = await runs.file("customers", THEIRS, "theirs.csv")
    answer = await runs.ask(url, "look", encoding="utf-8", column_reference="0")
    assert answer.status == 200
    assert "Café" not in answer.text
    assert '<option value="0" selected' in answer.text
    assert 'class="error-summary"' not in answer.text


async def test_nonsense_in_a_form_is_as_if_it_were_not_said(runs: Runs) -> None:
    url = await runs.file("customers", CUSTOMERS)
    odd = {
        "zone": "Nowhere/At_all",
        "dates": "mdy",
        "delimiter": "x",
        "column_reference": "٣",
        "column_name": "999999",
        "column_email": "-1",
    }
    answer = await runs.ask(url, **odd)
    assert answer.status == 422
    assert "Reference: choose its column" in answer.text


async def test_header_cells_are_shown_as_text(runs: Runs) -> None:
    url = await runs.file("customers", "<script>alert(1)</script>,name\n<b>A</b>,=cmd()\n")
    page = (await runs.admin.get(url)).text
    assert "<script>alert" not in page
    assert "&lt;b&gt;A&lt;/b&gt;" in page


async def test_removed_file_is_gone_and_one_in_use_stays(runs: Runs) -> None:
    url = await runs.file("customers", CUSTOMERS)
    await runs.ask(url)
    await runs.admin.get(url)
    assert (await runs.admin.post(f"{url}/remove")).location == url
    await runs.work()
    assert (await runs.admin.get(url)).status == 404
    second = await runs.file("customers", CUSTOMERS)
    assert "Uploaded, not imported yet" in await runs.page()
    await runs.admin.get(second)
    await runs.admin.post(f"{second}/remove")
    assert (await runs.admin.get(second)).status == 404
    assert (await runs.admin.post(f"{second}/remove")).status == 404


async def test_templates_are_files_that_would_be_taken(runs: Runs) -> None:
    answer = await runs.admin.get(f"{HOME}/templates/customers.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers.csv"'
    asked = await runs.ask(await runs.file("customers", answer.text), "check")
    await runs.work()
    assert (await runs.attempt(asked.location)).outcome.rows_refused == 0
    assert (await runs.admin.get(f"{HOME}/templates/documents.csv")).status == 404
    assert (await runs.admin.get(f"{HOME}/new?kind=invoices")).status == 200
