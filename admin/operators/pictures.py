"""Pictures: the console's numbers as bars; pure."""

from datetime import date

from portal import charts, formats
from portal.charts import Chart, Point
from store.disk import DiskDay
from store.fleet import Band, Day


def bands(found: list[Band]) -> Chart:
    """Names by the days that their certificates have left."""
    return charts.bars([_band(band) for band in found], _count)


def days(found: list[Day], *, failed: bool) -> Chart:
    """Issuances day by day: those that failed, or those that did not."""
    values = [(day, day.failed if failed else day.issued) for day in found]
    word = "failed" if failed else "issued"
    return charts.bars(
        [
            Point(formats.short_date(day.day), _every_fifth(day.day), value, f"{value:,} {word}")
            for day, value in values
        ],
        _count,
    )


def disk(found: list[DiskDay]) -> Chart:
    """The store's size day by day."""
    return charts.bars(
        [
            Point(
                formats.short_date(day.day),
                _every_fifth(day.day),
                day.store_bytes,
                f"{formats.volume(day.store_bytes)}, {formats.volume(day.free_bytes)} left",
            )
            for day in found
        ],
        formats.volume,
    )


def _band(band: Band) -> Point:
    if band.first is None:
        name = label = "ended"
    elif band.last is None:
        name, label = f"{band.first} days and more", f"{band.first}+"
    else:
        name, label = f"{band.first} to {band.last} days", f"{band.first}–{band.last}"
    return Point(name, label, band.names, f"{band.names:,} name{'' if band.names == 1 else 's'}")


def _every_fifth(day: date) -> str:
    """A label that leaves room for the next."""
    return str(day.day) if day.day % 5 == 0 else ""


def _count(value: int) -> str:
    return f"{value:,}"
