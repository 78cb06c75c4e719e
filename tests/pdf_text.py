"""The text of a PDF that fpdf2 made: each page's texts in the order in which they were placed, and its links."""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
_REFERENCE = re.compile(rb"/(F\d+) (\d+) 0 R")
_PAIR = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\((?P<text>(?:[^()\\]|\\.)*)\) Tj", re.DOTALL)
_URI = re.compile(rb"/URI \(((?:[^()\\]|\\.)*)\)")


class PdfText:
    """What a reader of the file sees."""

    def __init__(self, content: bytes):
        self._objects = {int(number): body for number, body in _OBJECT.findall(content)}
        self._letters = {
            name.decode(): self._to_unicode(int(font)) for name, font in _REFERENCE.findall(content)
        }
        kids = [int(one) for one in re.findall(rb"(\d+) 0 R", self._kids())]
        self.pages = [self._page(number) for number in kids]
        self.links = [uri.decode() for uri in _URI.findall(content)]

    @property
    def text(self) -> str:
        """All of it, a line a text, plain blanks."""
        return "\n".join(line for page in self.pages for line in page)

    def _kids(self) -> bytes:
        found = next(body for body in self._objects.values() if b"/Type /Pages" in body)
        match = re.search(rb"/Kids \[(.*?)\]", found, re.DOTALL)
        assert match
        return match[1]

    def _page(self, number: int) -> list[str]:
        match = re.search(rb"/Contents (\d+) 0 R", self._objects[number])
        assert match
        lines, font = [], ""
        for found in _SHOWN.finditer(self._stream(int(match[1]))):
            if found["text"] is None:
                font = found[1].decode()
            else:
                lines.append(self._decoded(font, _unescaped(found["text"])).replace("\xa0", " "))
        return lines

    def _to_unicode(self, number: int) -> dict[int, str]:
        match = re.search(rb"/ToUnicode (\d+) 0 R", self._objects[number])
        if match is None:
            return {}
        pairs = _PAIR.findall(self._stream(int(match[1])))
        return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}

    def _decoded(self, font: str, raw: bytes) -> str:
        codes = zip(raw[::2], raw[1::2], strict=True)
        return "".join(self._letters[font][high << 8 | low] for high, low in codes)

    def _stream(self, number: int) -> bytes:
        match = _STREAM.search(self._objects[number])
        assert match
        return zlib.decompress(match[1]) if b"/FlateDecode" in self._objects[number] else match[1]


def _unescaped(raw: bytes) -> bytes:
    return re.sub(
        rb"\\(.)", lambda found: {b"n": b"\n", b"r": b"\r"}.get(found[1], found[1]), raw, flags=re.DOTALL
    )
