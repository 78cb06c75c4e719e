"""The zone's file: what was entered at the DNS host outlives the process."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from demo.folder import write_whole
from demo.records import Record
from demo.zone import Zone


def load(zone: Zone, path: Path, first: Iterable[Record]) -> None:
    """Put in what was entered before, or `first` where nothing ever was."""
    kept = path.exists()
    for record in (Record(**each) for each in json.loads(path.read_text("utf-8"))) if kept else first:
        zone.add(record)


def save(zone: Zone, path: Path) -> None:
    """Keep all that anybody entered."""
    write_whole(path, json.dumps([asdict(record) for record in zone.every()], indent=1))
