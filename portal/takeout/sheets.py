"""Sheets: the files of the download, each read by key, a page at a time, however much there is."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from portal.csv_stream import Pages
from portal.takeout import calls, details, invoices, names, payments
from portal.visit import Visit
from portal.words import N_, _
from portal.zip_stream import Sheet
from store.database import Store


@dataclass(frozen=True, slots=True)
class Source:
    """Whose data, from where; `off`: sections that the portal does not show, so neither does the download."""

    store: Store
    visit: Visit
    off: Collection[str]
    is_itemised: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A file: its name, what it is, its header (marked), the section it belongs to."""

    file_name: str
    title: str
    header: tuple[str, ...]
    rows: Callable[[Store, Visit], Pages]
    section: str
    lists_calls: bool = False
    """It is left out where its customer asked for sums alone."""


KINDS = (
    Kind("details.csv", N_("Your details"), details.HEADER, details.rows, "profile"),
    Kind("changes.csv", N_("Changes of your details"), details.CHANGES, details.changes, "profile"),
    Kind("invoices.csv", N_("Invoices and credit notes"), invoices.HEADER, invoices.rows, "invoices"),
    Kind("invoice-lines.csv", N_("Their lines"), invoices.LINES, invoices.lines, "invoices"),
    Kind("documents.csv", N_("A list of their PDFs"), invoices.DOCUMENTS, invoices.documents, "invoices"),
    Kind("payments.csv", N_("Payments"), payments.HEADER, payments.rows, "payments"),
    Kind("calls.csv", N_("All calls that are kept"), calls.HEADER, calls.rows, "calls", True),
    Kind("number-names.csv", N_("Names for numbers"), names.HEADER, names.rows, "calls"),
)


def sheets(source: Source) -> Iterator[Sheet]:
    """The files, in order; nothing is read before its turn."""
    for kind in _kinds(source):
        header = [_(title) for title in kind.header]
        yield Sheet(kind.file_name, header, kind.rows(source.store, source.visit))


def titles(source: Source) -> list[tuple[str, str]]:
    """What is in the download: file names and what each is."""
    return [(kind.file_name, _(kind.title)) for kind in _kinds(source)]


def _kinds(source: Source) -> Iterator[Kind]:
    for kind in KINDS:
        if kind.section not in source.off and (source.is_itemised or not kind.lists_calls):
            yield kind
