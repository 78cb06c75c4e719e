"""The form of a page, as a browser would send it."""

from html.parser import HTMLParser


def fields(source: str, action: str) -> dict[str, str]:
    """What the form that posts to `action` holds: ticked boxes, chosen options, texts; no token, no buttons."""
    reader = _Reader(action)
    reader.feed(source)
    assert reader.found, action
    return reader.fields


class _Reader(HTMLParser):
    def __init__(self, action: str):
        super().__init__()
        self.fields: dict[str, str] = {}
        self.found = False
        self._action = action
        self._inside = False
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("method") == "post" and given.get("action") == self._action
            self.found |= self._inside
        if not self._inside or not (name := given.get("name", "")) or name == "csrf":
            return
        if tag == "textarea":
            self._text, self.fields[name] = name, ""
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields[name] = given.get("value", "y")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text:
            self.fields[self._text] = self.fields[self._text].removeprefix("\r\n").removeprefix("\n")
            self._text = ""
        if tag == "form":
            self._inside = False
