"""Rendering: templates of one or more packages to pages.

`Renderer("admin", "portal")` looks for a template in admin first and falls back to portal; `portal/x.html`
names a package's own, so that a layout can extend the one it shadows.
"""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined

from portal import formats, words
from portal.statics import Statics

FILTERS: dict[str, Callable[..., object]] = {
    "money": formats.amount,
    "price": formats.price,
    "unit_price": formats.unit_price,
    "charge": formats.charge,
    "quantity": formats.quantity,
    "rate": formats.rate,
    "date": formats.long_date,
    "short_date": formats.short_date,
    "month": formats.month,
    "number": formats.number,
    "duration": formats.duration,
    "volume": formats.volume,
    "local_time": formats.local_time,
    "relative": formats.relative,
    "said": words.said,
}


def speak(environment: Environment) -> None:
    """Give templates the words of `portal.words`: `_`, `ngettext` and `{% trans %}`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(words.said, words.said_of, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["language"] = words.language


class Renderer:
    """Templates and static files of some packages, the first one first."""

    def __init__(self, *packages: str):
        self.statics = Statics(*packages)
        loaders = {package: PackageLoader(package) for package in packages}
        self.environment = Environment(
            loader=ChoiceLoader([*loaders.values(), PrefixLoader(loaders)]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        speak(self.environment)
        self.environment.filters.update(FILTERS)
        self.environment.globals.update(static=self.statics.url, period=formats.period)

    def text(self, template: str, **context: Any) -> str:
        """A template's text."""
        return self.environment.get_template(template).render(context)

    def page(self, template: str, *, status: int = 200, **context: Any) -> web.Response:
        """A template as an HTML page."""
        return web.Response(text=self.text(template, **context), status=status, content_type="text/html")
