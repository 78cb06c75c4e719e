"""Reconciled: in words, whether the calls of an invoice add up to its usage, and by how much not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.formats import amount
from portal.words import N_, _, ngettext
from store.bill.adding_up import Checked, Pooled, Reconciliation, Verdict
from store.bill.line_sums import NotYet
from store.money import Money

MOST = 10
"""Lines that are named one by one."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence on a line of the invoice; `position` None: on none."""

    text: str
    position: int | None = None
    about: str = ""
    """What the line is called."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says; `tone` is that of a status, `word` the status in a word, or nothing."""

    tone: str
    word: str
    text: str
    lines: tuple[Sentence, ...] = ()
    notes: tuple[str, ...] = ()


def of_invoice(found: Reconciliation | NotYet | None) -> Said | None:
    """What an invoice says of its calls; None: it has no usage."""
    if found is None:
        return None
    if isinstance(found, NotYet):
        return Said(
            "busy",
            _("Being added up"),
            _(
                "There are many calls on this invoice. Open the page again in a minute to see what they come to."
            ),
        )
    notes = tuple(_notes(found))
    if not found.is_itemised:
        return Said("", "", notes[0], notes=notes[1:]) if notes else None
    if found.adds_up:
        said = _(
            "The calls listed add up to the usage on this invoice: %(amount)s.", amount=amount(found.usage)
        )
        if found.not_itemised.minor:
            said = _(
                "The calls listed add up to the usage they are charged in: %(amount)s.",
                amount=amount(found.usage),
            )
        return Said("good", _("Adds up"), said, notes=notes)
    return Said("warn", _("Does not add up"), _differs(found), tuple(_lines(found)), notes)


def of_line(checked: Checked) -> Said:
    """What the page of a line's calls says."""
    line, calls = amount(checked.line.net), amount(checked.charged)
    match checked.verdict:
        case Verdict.ADDS_UP:
            return Said("good", _("Adds up"), _("The calls add up to the line: %(amount)s.", amount=line))
        case Verdict.NOT_ITEMISED:
            return Said("", "", _("This line is charged without a list of calls."))
        case Verdict.NO_LONGER_KEPT:
            return Said(
                "", "", _("Not all calls of this line are kept any more, so they cannot be added up.")
            )
        case Verdict.DIFFERS:
            off = amount(_size(checked.difference))
            said = (
                _(
                    "The calls come to %(calls)s, %(off)s less than the line: %(line)s.",
                    calls=calls,
                    off=off,
                    line=line,
                )
                if checked.difference.minor < 0
                else _(
                    "The calls come to %(calls)s, %(off)s more than the line: %(line)s.",
                    calls=calls,
                    off=off,
                    line=line,
                )
            )
            return Said("warn", _("Does not add up"), said)


def _differs(found: Reconciliation) -> str:
    off = found.charged - found.usage
    values = {"calls": amount(found.charged), "usage": amount(found.usage), "off": amount(_size(off))}
    whole = not found.not_itemised.minor
    if off.minor < 0:
        said = N_(
            "The calls listed come to %(calls)s, %(off)s less than the usage on this invoice: %(usage)s."
        )
        part = N_(
            "The calls listed come to %(calls)s, %(off)s less than the usage they are charged in: %(usage)s."
        )
        return _(said if whole else part, **values)
    if off.minor > 0:
        said = N_(
            "The calls listed come to %(calls)s, %(off)s more than the usage on this invoice: %(usage)s."
        )
        part = N_(
            "The calls listed come to %(calls)s, %(off)s more than the usage they are charged in: %(usage)s."
        )
        return _(said if whole else part, **values)
    return _(
        "The calls listed come to the usage they are charged in, %(usage)s, but not line by line.", **values
    )


def _lines(found: Reconciliation) -> Iterator[Sentence]:
    differing = found.differing
    for each in differing[:MOST]:
        off = amount(_size(each.difference))
        values = {"calls": amount(each.charged), "line": amount(each.line.net), "off": off}
        less = each.difference.minor < 0
        text = (
            _("%(off)s less: the calls come to %(calls)s, the line to %(line)s.", **values)
            if less
            else _("%(off)s more: the calls come to %(calls)s, the line to %(line)s.", **values)
        )
        yield Sentence(text, each.line.position, each.line.description)
    if others := differing[MOST:]:
        yield Sentence(_others(others))
    if found.pooled and not found.pooled.adds_up:
        yield Sentence(_pooled(found.pooled))


def _others(others: Sequence[Checked]) -> str:
    return ngettext("%(num)d more line differs.", "%(num)d more lines differ.", len(others))


def _pooled(pooled: Pooled) -> str:
    return ngettext(
        "%(num)d call names no line of the invoice: it comes to %(calls)s, the lines without calls of their own to"
        " %(lines)s.",
        "%(num)d calls name no line of the invoice: they come to %(calls)s, the lines without calls of their own to"
        " %(lines)s.",
        pooled.calls,
        calls=amount(pooled.charged),
        lines=amount(pooled.lines),
    )


def _notes(found: Reconciliation) -> Iterator[str]:
    if found.not_itemised.minor:
        yield _("%(amount)s of usage is charged without a list of calls.", amount=amount(found.not_itemised))
    if unknown := found.of(Verdict.NO_LONGER_KEPT):
        yield ngettext(
            "The calls of %(num)d line are not all kept any more, so they cannot be added up.",
            "The calls of %(num)d lines are not all kept any more, so they cannot be added up.",
            len(unknown),
        )
    elif found.gone:
        yield ngettext(
            "%(num)d older call is no longer listed; what it came to is counted.",
            "%(num)d older calls are no longer listed; what they came to is counted.",
            found.gone,
        )
    if found.strange:
        yield _(
            "Calls charged in %(currencies)s are not added up with those in %(currency)s.",
            currencies=", ".join(found.strange),
            currency=found.currency,
        )


def _size(money: Money) -> Money:
    return Money(abs(money.minor), money.currency)
