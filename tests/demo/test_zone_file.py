"""What was entered at the DNS host comes back; the provider's own names are not in the file."""

from pathlib import Path

from demo import zone_file
from demo.records import Record
from demo.zone import Zone
from store.hostname import Hostname

TARGET = "customers.provider.example"
FIRST = Record("billing.harbour.example", "CNAME", f"{TARGET}.")


def make() -> Zone:
    return Zone({TARGET: ["127.0.0.1"], "*.localhost": ["127.0.0.1"]})


def test_first_start_has_the_first_records(tmp_path: Path) -> None:
    zone = make()
    zone_file.load(zone, tmp_path / "zone.json", [FIRST])
    assert zone.every() == [FIRST] and zone.domains() == [Hostname("harbour.example")]


def test_entered_records_come_back_and_deleted_ones_do_not(tmp_path: Path) -> None:
    before, after, path = make(), make(), tmp_path / "zone.json"
    entered = Record("bücher.test".encode("idna").decode(), "TXT", '"a \\"b\\" c"', 300)
    before.add(entered)
    zone_file.save(before, path)
    zone_file.load(after, path, [FIRST])
    assert after.every() == [entered] and "provider.example" not in path.read_text()
