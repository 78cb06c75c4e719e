"""Settings: Customer Access once it is there: the switch, the address, the form; its other pages, and the log."""

from aiohttp import web

from admin.settings import changes, sections, theme, views

ACCESS = "/organisations/{slug}/settings/customer-access"


def routes() -> list[web.RouteDef]:
    """Settings -> Customer Access with its pages."""
    section = f"{ACCESS}/{{section:{'|'.join(sections.SECTIONS)}}}"
    return [
        web.get(ACCESS, views.show),
        web.post(ACCESS, views.submit),
        web.get(f"{ACCESS}/theme", theme.show),
        web.post(f"{ACCESS}/theme", theme.submit),
        web.get(f"{ACCESS}/theme/preview", theme.preview),
        web.get(section, sections.show),
        web.post(section, sections.submit),
        web.get(f"{ACCESS}/changes", changes.show),
        web.post(f"{ACCESS}/changes/{{change_id:[0-9]{{1,15}}}}/undo", changes.take_back),
    ]
