"""Whatever a file holds, it is read as rows or refused in words; what was written as a CSV is read as it was."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.importing.source import DELIMITERS, SourceFormat
from store.importing.text_file import NotText, opened_rows
from tests.store.importing.books import ALL, Books

ENCODINGS = st.sampled_from(["utf-8", "cp1252"])
SOURCES = st.builds(SourceFormat, encoding=ENCODINGS, delimiter=st.sampled_from(sorted(DELIMITERS.values())))
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def rows(content: bytes, source: SourceFormat) -> list[list[str]]:
    with opened_rows(io.BytesIO(content), source) as found:
        return list(found)


@given(st.binary(max_size=300) | st.text('a",;\n\r\t|\0é', max_size=60).map(str.encode), SOURCES)
def test_any_bytes_are_rows_or_a_reason(content: bytes, source: SourceFormat) -> None:
    try:
        found = rows(content, source)
    except (NotText, csv.Error) as reason:
        assert str(reason)
    else:
        assert all(isinstance(cell, str) for row in found for cell in row)


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6),
    st.sampled_from(sorted(DELIMITERS.values())),
    st.booleans(),
)
def test_what_was_written_is_read_as_it_was(written: list[list[str]], delimiter: str, marked: bool) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(written)
    content = text.getvalue().encode("utf-8-sig" if marked else "utf-8")
    assert rows(content, SourceFormat(delimiter=delimiter)) == written  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(ALL))
def test_noise_in_a_file_is_told_and_never_breaks_an_import(books: Books, kind: str) -> None:
    whole = ALL[kind].encode()

    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(st.binary(min_size=1, max_size=20), st.integers(0, len(whole)))
    def hold(noise: bytes, at: int) -> None:
        report = books.put(kind, whole[:at] + noise + whole[at:])
        assert bool(report.refused) == bool(report.refusals)
        assert not report.refused or report.batch_id is None

    hold()
