"""Sheet: where each text of a made letter stands, on as many pages as it takes; nothing of PDF is known here."""

from collections.abc import Callable
from dataclasses import dataclass, field

from portal.invoices.typeface import face, words

WIDTH, HEIGHT = 595.28, 841.89
"""A4, in points."""
LEFT, RIGHT, TOP, BOTTOM = 50.0, 545.0, 56.0, 750.0
LEADING = 1.35
INK, MUTED = "#16191D", "#50575F"


@dataclass(frozen=True, slots=True)
class Text:
    """Words with their left end on a base line; `link` is where a click leads."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    colour: str = INK
    link: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle: a rule, or the band of the brand's colour."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(slots=True)
class Page:
    """What is on one page."""

    bars: list[Bar] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


class Sheet:
    """A pen that moves down, and turns to a new page at the end of one; `on_turn` writes what stands on top."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.page = Page()
        self.y = TOP
        self.lost = False
        self.on_turn: Callable[[], None] = lambda: None

    def turn(self) -> None:
        """Begin a page."""
        self.page = Page()
        self.pages.append(self.page)
        self.y = TOP
        self.on_turn()

    def write_on(self, page: Page, y: float) -> None:
        """Take the pen back to a page."""
        self.page, self.y = page, y

    def room(self, height: float) -> None:
        """Turn the page unless so much still fits on this one."""
        if self.y + height > BOTTOM:
            self.turn()

    def down(self, height: float) -> None:
        """Move down by so much."""
        self.y += height

    def put(
        self,
        text: str,
        x: float = LEFT,
        *,
        size: float = 9,
        bold: bool = False,
        colour: str = INK,
        link: str = "",
    ) -> None:
        """One line of text from `x` on."""
        self.page.texts.append(Text(x, self.y, self._line(text), size, bold, colour, link))

    def put_right(
        self, text: str, x: float, *, size: float = 9, bold: bool = False, colour: str = INK
    ) -> None:
        """One line of text that ends at `x`."""
        line = self._line(text)
        left = x - face(bold).width(line, size)
        self.page.texts.append(Text(left, self.y, line, size, bold, colour))

    def paragraph(
        self,
        text: str,
        x: float = LEFT,
        *,
        width: float = RIGHT - LEFT,
        size: float = 9,
        bold: bool = False,
        colour: str = INK,
        link: str = "",
    ) -> None:
        """Text over as many lines as it takes, the pen below the last."""
        for line in self.lines(text, width, size=size, bold=bold):
            self.room(size * LEADING)
            self.down(size * LEADING)
            self.put(line, x, size=size, bold=bold, colour=colour, link=link)

    def lines(self, text: str, width: float, *, size: float = 9, bold: bool = False) -> list[str]:
        """The text in lines of this width."""
        return face(bold).wrapped(self._line(text), size, width)

    def rule(self, below: float = 4.0, colour: str = "#C8CDD3") -> None:
        """A hairline across the page, a little below the pen."""
        self.page.bars.append(Bar(LEFT, self.y + below, RIGHT - LEFT, 0.6, colour))

    def _line(self, text: str) -> str:
        found = words(text)
        self.lost = self.lost or found.lost
        return found.text
