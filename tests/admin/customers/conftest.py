import pytest

from tests.admin.customers.town import settle
from tests.fakes.admin_console import Console


@pytest.fixture(autouse=True)
async def town(console: Console) -> None:
    await console.store.write(settle)
