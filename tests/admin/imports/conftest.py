import pytest

from tests.admin.imports.runs import Runs
from tests.fakes.admin_console import Browser, Console


@pytest.fixture
def runs(console: Console, admin: Browser) -> Runs:
    """Billing runs of acme, whose admin is signed in."""
    return Runs(console, admin)
