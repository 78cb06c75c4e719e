"""`brassplate import` as it is typed."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cli import importing
from tests.store.importing.books import CUSTOMERS, SLUG, Books, new_books


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
