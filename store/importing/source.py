"""SourceFormat: how a source writes its files. Nothing is guessed: what is not declared is refused."""

from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

Encoding = Literal["utf-8", "cp1252"]
Dates = Literal["iso", "dmy"]
Amounts = Literal["plain", "marked"]
Numbers = Literal["plain", "excel", "exact"]
Delimiter = Literal[",", ";", "\t", "|"]
DELIMITERS: dict[str, Delimiter] = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
"""What divides the cells of a line, by the words that people use."""


@dataclass(frozen=True, slots=True)
class SourceFormat:
    """What is declared of a source; the defaults are strict."""

    encoding: Encoding = "utf-8"
    """A UTF-8 byte order mark is accepted always, and stands above this."""
    dates: Dates = "iso"
    """dmy: 22/11/2026, the day first; ISO dates are accepted beside it."""
    amounts: Amounts = "plain"
    """marked: £1,234.50, (12.50) and 12.50- are amounts too."""
    numbers: Numbers = "plain"
    """excel: 4.4E+11 and lost leading zeros are restored; exact: telephone numbers are taken as they stand."""
    zone: ZoneInfo | None = None
    """The zone of times without an offset; none: such times are refused."""
    delimiter: Delimiter = ","


STRICT = SourceFormat()
PRESETS = {
    "strict": STRICT,
    "uk-excel": SourceFormat(encoding="cp1252", dates="dmy", amounts="marked", numbers="excel"),
}


def declared(
    preset: SourceFormat,
    *,
    encoding: Encoding | None = None,
    dates: Dates | None = None,
    amounts: Amounts | None = None,
    numbers: Numbers | None = None,
    zone: ZoneInfo | None = None,
    delimiter: Delimiter | None = None,
) -> SourceFormat:
    """A format with what was said apart from it."""
    said = {
        "encoding": encoding,
        "dates": dates,
        "amounts": amounts,
        "numbers": numbers,
        "zone": zone,
        "delimiter": delimiter,
    }
    return replace(preset, **{name: value for name, value in said.items() if value is not None})  # type: ignore[arg-type]
