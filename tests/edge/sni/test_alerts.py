"""The refusals that are sent without OpenSSL."""

import ssl

import pytest

from edge.sni.alerts import Alert, fatal


def test_alert_is_seven_bytes_on_the_wire() -> None:
    assert fatal(Alert.UNRECOGNIZED_NAME) == bytes.fromhex("15 03 03 00 02 02 70")


@pytest.mark.parametrize("alert", Alert)
def test_openssl_reads_each_alert_when_it_awaits_a_hello(alert: Alert) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="a.example")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    incoming.write(fatal(alert))
    with pytest.raises(ssl.SSLError, match="(?i)" + alert.name.replace("_", ".")):
        client.do_handshake()
