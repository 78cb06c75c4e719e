import shutil
import subprocess
from pathlib import Path

import pytest

from edge.__main__ import main


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "brassplate.toml"
    path.write_text("")
    return path


def test_unit_files_name_this_program_and_this_configuration(config: Path) -> None:
    assert main(["init", "--systemd", "--config", str(config), "--user", "billing"]) == 0
    service = (config.parent / "brassplate.service").read_text()
    for line in (
        "Type=notify",
        "User=billing",
        f"ReadWritePaths={config.parent}/var",
        "AmbientCapabilities=CAP_NET_BIND_SERVICE",
        "ExecReload=/bin/kill -HUP $MAINPID",
    ):
        assert line in service.splitlines()
    assert f"/brassplate serve --config {config}" in service
    names = [(config.parent / name).read_text() for name in ("brassplate.socket", "brassplate-http.socket")]
    assert ["FileDescriptorName=https\n" in text for text in names] == [True, False]
    assert "ListenStream=[::]:80\n" in names[1] and "FileDescriptorName=http\n" in names[1]


@pytest.mark.parametrize(
    ("user", "words"), [("ro ot", "not the name of a user"), ("x\nExec=", "not the name")]
)
def test_a_name_that_is_none_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str], user: str, words: str
) -> None:
    with pytest.raises(SystemExit):
        main(["init", "--systemd", "--config", str(config), "--user", user])
    assert words in capsys.readouterr().err
    assert not (config.parent / "brassplate.service").exists()


def test_units_without_a_configuration_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["init", "--systemd", "--config", str(tmp_path / "none.toml")])
    assert "write it with brassplate init first" in capsys.readouterr().err


def test_systemd_itself_finds_no_fault_in_them(config: Path) -> None:
    if (
        shutil.which("systemd-analyze") is None
    ):  # containers have no systemd; the lines were tried on one that has
        return
    main(["init", "--systemd", "--config", str(config), "--user", "root"])
    said = subprocess.run(
        ["systemd-analyze", "verify", str(config.parent / "brassplate.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Unknown" not in said.stderr, said.stderr
