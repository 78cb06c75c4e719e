import pytest

from admin.settings.words import certificate_state, routing_state
from store.diagnosis import Routing
from store.issuance import CertificateState, Standing


@pytest.mark.parametrize(
    ("state", "valid", "word"),
    [
        (CertificateState.ISSUED, True, "Valid"),
        (CertificateState.RENEWING, True, "Renewing"),
        (CertificateState.FAILED, True, "Renewal failed"),
        (CertificateState.ORDERED, False, "Being issued"),
        (CertificateState.FAILED, False, "Missing"),
        (CertificateState.NONE, False, "Missing"),
        (CertificateState.ISSUED, False, "Missing"),
    ],
)
def test_certificate_has_a_word(state: CertificateState, valid: bool, word: str) -> None:
    assert certificate_state(Standing(state), valid).word == word


@pytest.mark.parametrize("routing", Routing)
def test_only_a_record_that_leads_here_is_good(routing: Routing) -> None:
    assert (routing_state(routing).tone == "good") == (routing is Routing.OK)
