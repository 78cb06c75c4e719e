from hypothesis import given
from hypothesis import strategies as st

from admin.imports.column_form import ColumnForm, typed
from store.importing.kinds import KINDS

HEADER = ("reference", "Company", "Company", "")


def form(kind: str = "customers", **values: str) -> ColumnForm:
    return typed(lambda name: values.get(name, ""), kind, HEADER)


def test_constant_stands_above_a_column() -> None:
    found = form(column_reference="0", column_name="1", constant_name="All the same", name="X")
    assert (dict(found.columns), dict(found.constants)) == (
        {"reference": "reference"},
        {"name": "All the same"},
    )
    assert not found.faults


def test_columns_that_are_not_chosen_are_left_out_knowingly() -> None:
    found = form(column_reference="0", column_name="1", name="X")
    assert found.mapping(HEADER).ignored == ()
    assert form(column_reference="0").mapping(HEADER).ignored == ("Company", "Company")


def test_file_as_our_template_needs_no_name() -> None:
    chosen = {"column_reference": "0", "column_name": "1"}
    ours = typed(lambda name: chosen.get(name, ""), "customers", ("reference", "name"))
    assert ours.faults == {}
    assert "name" in form(column_reference="0", column_name="1").faults


def test_line_breaks_and_long_values_are_refused() -> None:
    assert "constant_town" in form(constant_town="a\nb").faults
    assert "constant_town" in form(constant_town="x" * 201).faults
    assert "name" in form(name="a\x00b").faults


@given(
    st.dictionaries(
        st.sampled_from(
            [f"{part}_{column.name}" for part in ("column", "constant") for column in KINDS["calls"].columns]
            + ["name", "zone", "dates", "delimiter", "encoding", "amounts", "numbers", "rows"]
        ),
        st.text(max_size=20),
    )
)
def test_whatever_is_sent_becomes_a_form(values: dict[str, str]) -> None:
    found = typed(lambda name: values.get(name, ""), "calls", HEADER)
    assert set(found.columns.values()) <= set(HEADER)
    assert not set(found.columns) & set(found.constants)
