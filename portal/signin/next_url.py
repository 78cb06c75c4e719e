"""Where to go after signing in: a path on this very host, or the first page."""

from urllib.parse import unquote, urlsplit

HOME = "/"
_LONGEST = 2000


def safe_next(text: str) -> str:
    """`text` when it is a path of ours however often it is decoded, else the first page."""
    if len(text) > _LONGEST:
        return HOME
    decoded = text
    for _ in range(3):
        if not _is_path(decoded):
            return HOME
        decoded = unquote(decoded)
    return text if _is_path(decoded) else HOME


def _is_path(text: str) -> bool:
    """Browsers read a backslash as a slash and drop tabs and line breaks; // begins another host."""
    if not text.startswith("/") or text.startswith("//"):
        return False
    if "\\" in text or any(ord(character) <= 0x20 or ord(character) == 0x7F for character in text):
        return _only_blanks_in_query(text)
    return _is_relative(text)


def _only_blanks_in_query(text: str) -> bool:
    path, _, query = text.partition("?")
    unwanted = {"\\", *map(chr, range(0x20)), "\x7f"}
    return _is_relative(text) and not unwanted & set(text) and " " not in path and bool(query)


def _is_relative(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
