from pathlib import Path

import pytest

from store.presence import InUse, Presence, nobody


def test_many_have_it_open_and_nobody_means_nobody(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    one, other = Presence(store), Presence(store)
    with pytest.raises(InUse), nobody(store):
        pass
    one.close()
    with pytest.raises(InUse), nobody(store):
        pass
    other.close()
    with nobody(store), pytest.raises(OSError, match="being restored"):
        Presence(store)
    Presence(store).close()
