"""Matching: which line of one bill is the same thing as a line of another.

The same thing has the same kind, category and number, and the same words once what changes from bill to bill is taken
out of them: dates and periods; for usage also how many, how much and how long. What a product is called stands, with
its figures: FTTP 330 is not FTTP 550.
"""

import re

from store.invoice_lines import LineKind

Key = tuple[LineKind, str, str, str]
"""Kind, category, number, words."""


def key(kind: LineKind, category: str, cli: str, description: str) -> Key:
    """What a line has in common with its like on another bill."""
    return kind, _plain(category), cli.strip(), words(kind, description, cli)


def words(kind: LineKind, description: str, cli: str = "") -> str:
    """A description without what changes from bill to bill."""
    text = _plain(description)
    if cli:
        text = text.replace(cli.casefold(), " ")
    for pattern in _DATES:
        text = pattern.sub(" ", text)
    if kind is LineKind.USAGE:
        text = _AMOUNTS.sub(" ", text)
    text = _LEFT_OVER.sub(" ", text)
    before = ""
    while before != text:
        before, text = text, _ENDS.sub("", " ".join(text.split()))
    return text


_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = "(?:19|20)[0-9]{2}"
_DAY = "[0-3]?[0-9](?:st|nd|rd|th)?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_YEAR}-[01][0-9](?:-[0-3][0-9])?\b",
        rf"\b[0-3]?[0-9][/.][01]?[0-9][/.](?:{_YEAR}|[0-9]{{2}})\b",
        rf"\b{_DAY}[ -]{_MONTH}\b(?:[ -](?:{_YEAR}|'?[0-9]{{2}}\b))?",
        rf"\b{_MONTH} {_DAY}, ?{_YEAR}\b",
        rf"\b{_MONTH}[ -](?:{_YEAR}|'[0-9]{{2}}\b)",
        rf"\b(?:for|in|of) {_MONTH}$",
        rf"\bq[1-4][ /-]{_YEAR}\b",
    )
)
_AMOUNTS = re.compile(
    r"\b[0-9]+(?::[0-9]{2}){1,2}\b|\b[0-9][0-9,.]* ?(?:calls?|messages?|texts?|sms|sessions?|minutes?|mins?|seconds?"
    r"|secs?|hours?|[kmgt]i?b|units?)\b"
)
_LEFT_OVER = re.compile(r"\(\s*(?:to|-|–)?\s*\)|\[\s*\]")
_ENDS = re.compile(
    r"^[\s,;:.·|–-]+|(?:[\s,;:.·|–-]|\b(?:from|to|until|for|in|of|on|and|between|period|dated))+$"
)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
