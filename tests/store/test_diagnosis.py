import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from store.diagnosis import Actor, Diagnosis, Routing, from_json, to_json

DIAGNOSES = st.builds(
    Diagnosis,
    code=st.text(),
    routing=st.sampled_from(Routing),
    seen=st.text(),
    expected=st.text(),
    action=st.text(),
    actor=st.sampled_from(Actor),
)


@given(DIAGNOSES)
def test_diagnosis_comes_back_from_its_stored_form(diagnosis: Diagnosis) -> None:
    assert from_json(to_json(diagnosis)) == diagnosis


@given(DIAGNOSES)
def test_only_what_could_not_be_asked_is_uncertain(diagnosis: Diagnosis) -> None:
    assert diagnosis.certain == (diagnosis.code != "could_not_ask")
    assert not dataclasses.replace(diagnosis, code="could_not_ask").certain
