"""Sources are kept by organisation, kind and name."""

import sqlite3
from zoneinfo import ZoneInfo

import pytest

from store import sources
from store.importing.mapping import Mapping
from store.importing.source import SourceFormat
from store.sources import BadName, Draft, Source
from tests import factories
from tests.factories import NOW

MAPPING = Mapping({"reference": "Account No"}, {"type": "business"}, ("Notes",))
FORMAT = SourceFormat("cp1252", "dmy", "marked", "excel", ZoneInfo("Europe/London"), ";")
DRAFT = Draft("customers", "Gamma", MAPPING, FORMAT)


def saved(db: sqlite3.Connection, organisation: int, draft: Draft = DRAFT) -> Source:
    found = sources.save(db, organisation, draft, NOW)
    assert isinstance(found, Source)
    return found


def test_a_source_is_found_as_it_was_saved(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    source = saved(db, organisation)
    assert (source.mapping, source.format, source.updated_at) == (MAPPING, FORMAT, NOW)
    assert sources.find(db, organisation, source.id) == source
    assert sources.by_name(db, organisation, "customers", "Gamma") == source
    assert sources.by_name(db, organisation, "calls", "Gamma") is None


def test_saving_again_under_a_name_replaces_it(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    source = saved(db, organisation)
    again = saved(db, organisation, Draft("customers", "Gamma", Mapping(), SourceFormat()))
    assert again.id == source.id and again.mapping == Mapping()
    assert sources.of_organisation(db, organisation) == [again]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 61, "\x1b[31m"])
def test_a_name_is_one_line(db: sqlite3.Connection, name: str) -> None:
    organisation = factories.organisation(db).id
    draft = Draft("customers", name, MAPPING, FORMAT)
    assert isinstance(sources.save(db, organisation, draft, NOW), BadName)


def test_a_source_of_another_organisation_is_neither_found_nor_removed(db: sqlite3.Connection) -> None:
    one, two = (factories.organisation(db, slug).id for slug in ("one", "two"))
    source = saved(db, one)
    assert sources.find(db, two, source.id) is sources.by_name(db, two, "customers", "Gamma") is None
    assert not sources.remove(db, two, source.id)
    assert sources.of_organisation(db, two) == []
    assert sources.remove(db, one, source.id) and not sources.remove(db, one, source.id)
