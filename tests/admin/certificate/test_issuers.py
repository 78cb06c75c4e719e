import pytest

from admin.certificate.issuers import called


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        ("local", "the embedded authority of this installation"),
        ("https://acme-v02.api.letsencrypt.org/directory", "Let’s Encrypt"),
        ("https://ca.example:14000/dir", "ca.example"),
        ("Somebody's CA", "Somebody's CA"),
    ],
)
def test_issuer_is_called_as_people_do(issuer: str, name: str) -> None:
    assert called(issuer) == name
