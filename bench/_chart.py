"""Chart: one line over time, as SVG."""

from collections.abc import Sequence

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 960, 320, 70, 40, 40
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:15px}"
    ".grid{stroke:#ddd}.line{fill:none;stroke:#2f5d93;stroke-width:2}"
)
Point = tuple[float, float]


def svg(points: Sequence[Point], title: str) -> str:
    """The values from nothing up, so that a small growth looks small."""
    last = max((x for x, _ in points), default=1.0) or 1.0
    most = max((y for _, y in points), default=1.0) * 1.1 or 1.0
    inner = HEIGHT - TOP - BOTTOM

    def place(x: float, y: float) -> Point:
        return LEFT + x / last * (WIDTH - LEFT - 20), TOP + inner * (1 - y / most)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">',
        f'<style>{_STYLE}</style><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text class="title" x="{LEFT}" y="{TOP - 14}">{title}</text>',
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        right, y = place(last, most * share)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{most * share:,.0f}</text>')
        x, _ = place(last * share, 0)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{last * share:,.0f}</text>')
    line = " ".join("{:.1f},{:.1f}".format(*place(x, y)) for x, y in points)
    return "\n".join([*parts, f'<polyline class="line" points="{line}"/>', "</svg>\n"])
