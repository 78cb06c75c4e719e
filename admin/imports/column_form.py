"""ColumnForm: how a file is written, and which of its columns is which of ours, as typed; its faults in words. Pure."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from admin.imports.words import column
from store.importing.columns import REQUIRED
from store.importing.kinds import KINDS
from store.importing.mapping import Mapping, header_name
from store.importing.source import DELIMITERS, STRICT, Amounts, Dates, Encoding, Numbers, SourceFormat
from store.sources import LONGEST_NAME, Source

Do = Literal["look", "check", "import"]
LONGEST_CONSTANT = 200


@dataclass(frozen=True, slots=True)
class ColumnForm:
    """What stands in the form."""

    name: str = ""
    """Of the source, under which all this is saved."""
    format: SourceFormat = STRICT
    columns: Map[str, str] = field(default_factory=dict)
    """Ours -> theirs."""
    constants: Map[str, str] = field(default_factory=dict)
    good_rows: bool = False
    faults: Map[str, str] = field(default_factory=dict)
    """Field of the form -> what is wrong with it."""

    def mapping(self, header: Sequence[str]) -> Mapping:
        """The mapping; what was not chosen is left out knowingly."""
        chosen = set(self.columns.values())
        ignored = tuple(name for name in header if name.strip() and name not in chosen)
        return Mapping(dict(self.columns), dict(self.constants), ignored)

    @property
    def is_ours(self) -> bool:
        """Whether the file is written as our own templates are, so that nothing has to be saved."""
        same = all(header_name(theirs) == ours for ours, theirs in self.columns.items())
        return same and not self.constants and self.format == STRICT


def of_source(source: Source) -> ColumnForm:
    """The form as a saved source fills it in."""
    return ColumnForm(source.name, source.format, source.mapping.columns, source.mapping.constants)


def fits(form: ColumnForm, kind: str, header: Sequence[str]) -> bool:
    """Whether a header has every column that the form names, and all that is required is said."""
    return all(theirs in header for theirs in form.columns.values()) and not _missing(form, kind)


def typed(values: Callable[[str], str], kind: str, header: Sequence[str]) -> ColumnForm:
    """The form as it was sent, with what is wrong; `values` gives the text of a field, empty for none."""
    columns, constants = {}, {}
    for ours in KINDS[kind].columns if kind in KINDS else ():
        place, constant = values(f"column_{ours.name}"), values(f"constant_{ours.name}").strip()
        if constant:
            constants[ours.name] = constant
        elif place.isascii() and place.isdigit() and len(place) < 5 and int(place) < len(header):
            columns[ours.name] = header[int(place)]
    form = ColumnForm(
        values("name").strip(), _format(values), columns, constants, values("rows") == "good_rows"
    )
    return replace(form, faults=_faults(form, kind))


def _faults(form: ColumnForm, kind: str) -> dict[str, str]:
    faults = {}
    if kind in KINDS:
        if len(form.name) > LONGEST_NAME or not form.name.isprintable():
            faults["name"] = f"Give the source a name of one line, of at most {LONGEST_NAME} characters."
        elif not form.name and not form.is_ours:
            faults["name"] = "Give this source a name: its columns and formats are saved under it."
        for ours in _missing(form, kind):
            faults[f"column_{ours}"] = f"{column(ours)}: choose its column, or type one value for every row."
        for ours, value in form.constants.items():
            if len(value) > LONGEST_CONSTANT or not value.isprintable():
                faults[f"constant_{ours}"] = (
                    f"{column(ours)}: type one line, not longer than a cell would be."
                )
        for ours, theirs in form.columns.items():
            twice = [other for other, also in form.columns.items() if also == theirs and other < ours]
            if twice:
                faults[f"column_{ours}"] = f"{column(ours)}: “{theirs}” is chosen for {column(twice[0])} too."
    return faults


def _missing(form: ColumnForm, kind: str) -> list[str]:
    if kind not in KINDS:
        return []
    required = (each.name for each in KINDS[kind].columns if each.default is REQUIRED)
    return [name for name in required if name not in form.columns and name not in form.constants]


def _format(values: Callable[[str], str]) -> SourceFormat:
    """What a form that is ours can say; all else is as if it were not said."""

    def one_of(name: str, choices: tuple[str, ...]) -> str:
        return value if (value := values(name)) in choices else choices[0]

    return SourceFormat(
        encoding=cast(Encoding, one_of("encoding", get_args(Encoding))),
        dates=cast(Dates, one_of("dates", get_args(Dates))),
        amounts=cast(Amounts, one_of("amounts", get_args(Amounts))),
        numbers=cast(Numbers, one_of("numbers", get_args(Numbers))),
        zone=_zone(values("zone")),
        delimiter=DELIMITERS[one_of("delimiter", tuple(DELIMITERS))],
    )


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
