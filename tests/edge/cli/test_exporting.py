"""`brassplate export` as it is typed."""

import json
import zipfile

from tests.edge.cli.desk import Desk


def test_archive_is_written_and_its_size_said(meridian: Desk) -> None:
    path = meridian.config.parent / "out.zip"
    said = meridian.typed("export", str(path), "--organisation", "meridian", "--json")
    assert (said.code, json.loads(said.out)) == (0, {"file": str(path), "bytes": path.stat().st_size})
    with zipfile.ZipFile(path) as file:
        assert "customers.csv" in file.namelist()


def test_file_that_is_there_is_refused(meridian: Desk) -> None:
    path = meridian.config.parent / "out.zip"
    path.write_text("mine")
    said = meridian.typed("export", str(path), "--organisation", "meridian")
    assert said.code == 1 and "is there already" in said.err
    assert path.read_text() == "mine"


def test_organisation_that_is_not_there_is_named(meridian: Desk) -> None:
    said = meridian.typed("export", str(meridian.config.parent / "out.zip"), "--organisation", "nobody")
    assert said.code == 1 and "there is no organisation 'nobody'" in said.err


def test_folder_that_is_not_there_is_named(meridian: Desk) -> None:
    said = meridian.typed(
        "export", str(meridian.config.parent / "no" / "out.zip"), "--organisation", "meridian"
    )
    assert said.code == 1 and "No such file or directory" in said.err
