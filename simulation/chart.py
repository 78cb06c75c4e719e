"""Chart: orders of each week, and how much of a certificate was left when it was renewed, as SVG."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from simulation.judge import WEEK, Week
from simulation.lives import START

WIDTH, HEIGHT = 960, 560
LEFT, RIGHT = 70, 20
_PANELS = ((40, 200), (300, 200))
"""Top and height of each."""
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:15px}"
    ".grid{stroke:#ddd}.first{fill:#9db8d9}.renewals{fill:#2f5d93}.mean{fill:none;stroke:#2f5d93;stroke-width:2}"
    ".least{fill:none;stroke:#b3541e;stroke-width:2}.trouble{fill:#b3541e;opacity:.16}"
)
Place = Callable[[float], float]


def svg(weeks: dict[int, Week], troubles: Sequence[tuple[datetime, datetime]]) -> str:
    """Two panels over the same weeks; outages and the days after a mass revocation are shaded."""
    last = max(weeks, default=0)
    every = [weeks.get(number, Week()) for number in range(last + 1)]
    across = (WIDTH - LEFT - RIGHT) / max(len(every), 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' aria-label="Certificates of each week, and days left at renewal">',
        f'<style>{_STYLE}</style><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for start_at, end_at in troubles:
        begins, ends = (LEFT + (at - START) / WEEK * across for at in (start_at, end_at))
        for top, height in _PANELS:
            width = max(ends - begins, 2)
            parts.append(
                f'<rect class="trouble" x="{begins:.1f}" y="{top}" width="{width:.1f}" height="{height}"/>'
            )
    parts += _orders(every, across)
    parts += _margins(every, across)
    parts += _years(len(every), across)
    return "\n".join([*parts, "</svg>\n"])


def _orders(every: list[Week], across: float) -> list[str]:
    top, height = _PANELS[0]
    place = _scale(max((week.first + week.renewals for week in every), default=1), top, height)
    parts = [_title(top, "Certificates of each week: renewals (dark), first ones (light)")]
    parts += _grid(max((week.first + week.renewals for week in every), default=1), place)
    for number, week in enumerate(every):
        x, width = LEFT + number * across, max(across - 1, 0.5)
        for of, below, name in ((week.renewals, 0, "renewals"), (week.first, week.renewals, "first")):
            y, bottom = place(of + below), place(below)
            parts.append(
                f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{bottom - y:.1f}"/>'
            )
    return parts


def _margins(every: list[Week], across: float) -> list[str]:
    top, height = _PANELS[1]
    most = max((week.margin / week.renewals for week in every if week.renewals), default=1.0)
    place = _scale(most, top, height)
    means = [(n, week.margin / week.renewals) for n, week in enumerate(every) if week.renewals]
    least = [(n, week.least) for n, week in enumerate(every) if week.renewals]
    return [
        _title(top, "Days left at renewal: mean (blue), least (brown)"),
        *_grid(most, place),
        _line("mean", means, across, place),
        _line("least", least, across, place),
    ]


def _scale(most: float, top: int, height: int) -> Place:
    return lambda value: top + height * (1 - value / max(most, 1e-9))


def _title(top: int, words: str) -> str:
    return f'<text class="title" x="{LEFT}" y="{top - 12}">{words}</text>'


def _grid(most: float, place: Place) -> list[str]:
    parts = []
    for share in (0.0, 0.5, 1.0):
        y, value = place(most * share), most * share
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        shown = f"{value:,.0f}" if most >= 10 else f"{value:.1f}"
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{shown}</text>')
    return parts


def _line(name: str, points: list[tuple[int, float]], across: float, place: Place) -> str:
    at = " ".join(f"{LEFT + (number + 0.5) * across:.1f},{place(value):.1f}" for number, value in points)
    return f'<polyline class="{name}" points="{at}"/>'


def _years(weeks: int, across: float) -> list[str]:
    """The first of each quarter, or of each month in a short run."""
    days = [START + WEEK * n for n in range(weeks + 1)]
    every = 3 if weeks > 60 else 1
    turns = [
        (n, after)
        for n, (before, after) in enumerate(pairwise(days))
        if before.month != after.month and (after.month - 1) % every == 0
    ]
    y = _PANELS[1][0] + _PANELS[1][1] + 24
    return [
        f'<text x="{LEFT + (n + 1) * across:.1f}" y="{y}" text-anchor="middle">{day:%b %Y}</text>'
        if every == 3
        else f'<text x="{LEFT + (n + 1) * across:.1f}" y="{y}" text-anchor="middle">{day:%b}</text>'
        for n, day in turns
    ]
