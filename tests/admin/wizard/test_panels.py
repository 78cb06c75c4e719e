from admin.wizard.panels import PANELS, panel_of
from edge.dns import dns_hosts


def test_every_panel_belongs_to_a_host_that_a_look_can_name() -> None:
    named = {*dns_hosts.ENDINGS.values(), dns_hosts.dns_host(["ns-1.awsdns-01.com"], "mycompany.com")}
    assert set(PANELS) - named == set()


def test_panel_says_where_to_go_and_what_it_calls_things() -> None:
    for panel in PANELS.values():
        assert ", " in panel.way and panel.name and panel.target
        assert not panel.note or panel.note.endswith(".")
    assert panel_of("Somebody else") is None
    assert panel_of("") is None
