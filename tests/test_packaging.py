"""The packages are this repository's own, whatever else is installed."""

from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("edge", "portal", "admin", "store", "demo")


@pytest.mark.parametrize("package", PACKAGES)
def test_package_is_imported_from_this_repository(package: str) -> None:
    assert import_module(package).__file__ == str(ROOT / package / "__init__.py")


@pytest.mark.parametrize("package", PACKAGES)
def test_package_has_no_other_owner(package: str) -> None:
    assert set(packages_distributions().get(package, [])) <= {"brassplate"}


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
