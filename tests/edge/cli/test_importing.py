"""`brassplate import` as it is typed."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cli import importing
from store import attempts
from store.attempts import Asked
from tests.store.importing.books import CUSTOMERS, NOW, SLUG, Books, new_books


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return new_books(tmp_path)


def typed(books: Books, *words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    importing.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["import", *map(str, words)])
    return importing.run_on(arguments, books.store)


def test_the_last_line_of_json_is_the_outcome(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    file = books.file(CUSTOMERS)
    assert typed(books, "customers", file, "--organisation", SLUG, "--json") == 0
    assert capsys.readouterr().out == '{"read": 2, "added": 2, "unchanged": 0, "refused": 0}\n'


def test_refusals_are_lines_before_it(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    file = books.file("reference,name\nA1,\nA2,Beta\nA3,\n")
    assert typed(books, "customers", file, "--organisation", SLUG, "--json") == 1
    *refusals, outcome = map(json.loads, capsys.readouterr().out.splitlines())
    assert refusals == [{"row": row, "column": "name", "reason": "is empty"} for row in (2, 4)]
    assert outcome == {"read": 3, "added": 0, "unchanged": 0, "refused": 2}


def test_refusals_are_said_row_by_row_and_capped(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    file = books.file("reference,name\n" + "A1,\n" * 150)
    assert typed(books, "customers", file, "--organisation", SLUG) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if " info " not in line]
    assert lines[0] == "row 2, name: is empty"
    assert lines[-1] == "150 of 150 rows refused; 50 more rows like these; nothing was imported"
    assert len(lines) == 101


def test_names_that_the_sender_chose_stay_on_their_line(
    books: Books, capsys: pytest.CaptureFixture[str]
) -> None:
    file = books.file(
        "reference,name,\x1b[31m,\x1b[31m," + "long" * 100 + "," + "long" * 100 + "\nA1,Acme,1,2,3,4\n"
    )
    assert typed(books, "customers", file, "--organisation", SLUG) == 1
    said = capsys.readouterr().err
    assert "\x1b" not in said and "'\\x1b[31m': stands twice" in said
    assert max(map(len, said.splitlines())) < 200


def test_a_header_of_very_many_columns_is_refused_soon(books: Books) -> None:
    file = books.file(",".join(f"c{number}" for number in range(100_000)) + "\n")
    assert typed(books, "customers", file, "--organisation", SLUG) == 1


def test_a_declared_format_is_used(books: Books) -> None:
    file = books.file("reference,name,phone\nA1,Café,2079460000\n".encode("cp1252"))
    words = ("customers", file, "--organisation", SLUG)
    assert typed(books, *words) == 1
    assert typed(books, *words, "--encoding", "cp1252", "--numbers", "excel") == 0
    assert typed(books, *words, "--format", "uk-excel") == 0
    assert books.rows("SELECT phone FROM visible_accounts") == [("02079460000",)]


def test_a_draft_is_told(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(books, "customers", books.file(CUSTOMERS), "--organisation", SLUG, "--draft") == 0
    assert "batch 1 is a draft" in capsys.readouterr().out
    assert books.visible()["visible_accounts"] == []


@pytest.mark.parametrize(
    ("kind", "file", "slug"),
    [("customers", "none.csv", SLUG), ("customers", "file.csv", "nobody"), ("documents", "file.csv", SLUG)],
)
def test_what_is_not_there_is_a_mistake_of_use(books: Books, kind: str, file: str, slug: str) -> None:
    books.file(CUSTOMERS)
    assert typed(books, kind, books.folder / file, "--organisation", slug) == 2


def test_no_store_is_made(tmp_path: Path) -> None:
    file = Books(tmp_path).file(CUSTOMERS)
    assert typed(Books(tmp_path), "customers", file, "--organisation", SLUG) == 2
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    "words", [["people", "x"], ["customers", "x", "--zone", "Mars/Base"], ["customers", "x"]]
)
def test_a_wrong_word_ends_with_2(books: Books, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        typed(books, *words)
    assert ended.value.code == 2


def test_a_dry_run_says_what_would_come_of_it(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    books.put("customers", CUSTOMERS)
    file = books.file(CUSTOMERS.replace("Alpha Ltd", "Alpha plc") + "A3,,\n")
    assert typed(books, "customers", file, "--organisation", SLUG, "--dry-run") == 1
    said = capsys.readouterr()
    assert said.out == (
        "dry run, nothing was changed: 3 rows read, 1 would be added, 1 of them changed, 1 unchanged\n"
    )
    assert "row 4, name: is empty" in said.err and "nothing was imported" not in said.err
    assert books.rows("SELECT count(*) FROM batches") == [(1,)]
    assert typed(books, "customers", books.file(CUSTOMERS), "--organisation", SLUG, "--dry-run") == 0


def test_good_rows_are_imported_and_the_others_written_to_a_file(
    books: Books, capsys: pytest.CaptureFixture[str]
) -> None:
    file, refused = books.file("reference,name\nA1,Alpha\nA2,\n"), books.folder / "refused.csv"
    words = ("customers", file, "--organisation", SLUG, "--good-rows", "--refused", refused)
    assert typed(books, *words, "--json") == 0
    *_, outcome = capsys.readouterr().out.splitlines()
    assert json.loads(outcome) == {"read": 2, "added": 1, "unchanged": 0, "refused": 1}
    assert refused.read_text("utf-8-sig") == "reference,name,reason\nA2,,row 3: name: is empty\n"
    refused.write_text(refused.read_text("utf-8-sig").replace("A2,", "A2,Beta"))
    assert typed(books, "customers", refused, "--organisation", SLUG) == 0
    assert "columns that are not used: reason" in capsys.readouterr().err


def test_good_rows_say_where_the_others_are(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    file = books.file("reference,name\nA1,Alpha\nA2,\n")
    assert typed(books, "customers", file, "--organisation", SLUG, "--good-rows") == 0
    said = capsys.readouterr()
    assert "1 of 2 rows refused; they are kept with attempt 1" in said.err
    assert said.out == "2 rows read, 1 added, 0 unchanged\n"


def test_a_source_is_saved_and_used_by_its_name(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    file = books.file("Account;Company;Note\nA1;Café;x\n".encode("cp1252"))
    words = ("customers", file, "--organisation", SLUG, "--source", "Gamma")
    assert typed(books, *words) == 2
    assert "there is no source “Gamma” of customers" in capsys.readouterr().err
    columns = ("--map", "reference=Account", "--map", "name=Company", "--constant", "country=Wales")
    saying = (*columns, "--ignore", "Note", "--delimiter", "semicolon", "--encoding", "cp1252")
    assert typed(books, *words, *saying, "--save-source") == 0
    assert capsys.readouterr().err.count("not used") == 0
    assert typed(books, *words) == 0
    assert books.rows("SELECT reference, name, country FROM visible_accounts") == [("A1", "Café", "Wales")]
    assert books.rows("SELECT source_name FROM batches ORDER BY id DESC") == [("Gamma",), ("Gamma",)]


def test_a_source_is_not_saved_by_a_file_that_is_refused(books: Books) -> None:
    file = books.file("reference,name\nA1,\n")
    words = ("customers", file, "--organisation", SLUG, "--source", "Gamma", "--save-source")
    assert typed(books, *words) == 1
    assert books.rows("SELECT count(*) FROM sources") == [(0,)]


def test_an_attempt_that_waits_is_made_as_it_was_asked_for(books: Books) -> None:
    asked = Asked("customers", "people.csv", "staff:3", mode="good_rows", draft=True)
    attempt_id = books.write(attempts.create, asked, NOW)
    words = (
        "customers",
        books.file(CUSTOMERS + "A3,,\n"),
        "--organisation",
        SLUG,
        "--attempt",
        str(attempt_id),
    )
    assert typed(books, *words) == 0
    found = books.read(attempts.find, attempt_id)
    assert found and (found.state, found.outcome.rows_added, found.outcome.rows_refused) == ("imported", 2, 1)
    assert books.rows("SELECT file_name, state FROM batches") == [("people.csv", "draft")]
    assert typed(books, *words) == 2


def test_an_attempt_of_another_kind_or_organisation_is_none(books: Books) -> None:
    asked = Asked("calls", "calls.csv", "staff:3")
    attempt_id = books.write(attempts.create, asked, NOW)
    file = books.file(CUSTOMERS)
    assert typed(books, "customers", file, "--organisation", SLUG, "--attempt", str(attempt_id)) == 2
    assert typed(books, "customers", file, "--organisation", SLUG, "--attempt", "99") == 2


@pytest.mark.parametrize(
    "words", [["--map", "reference"], ["--dry-run", "--good-rows"], ["--delimiter", "x"]]
)
def test_words_that_cannot_be_followed_end_with_2(books: Books, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        typed(books, "customers", books.file(CUSTOMERS), "--organisation", SLUG, *words)
    assert ended.value.code == 2


def test_saving_a_source_needs_its_name(books: Books) -> None:
    assert typed(books, "customers", books.file(CUSTOMERS), "--organisation", SLUG, "--save-source") == 2


def test_the_verb_loads_nothing_of_the_servers() -> None:
    code = "import sys, edge.cli.importing; print([m for m in sys.modules if m.split('.')[0] in %r])"
    heavy = ("aiohttp", "acme", "jinja2", "josepy", "dns", "portal", "admin", "wtforms", "coloraide")
    done = subprocess.run(
        [sys.executable, "-c", code % (heavy,)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout == "[]\n"
