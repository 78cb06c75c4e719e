import pytest

from admin.wizard.names import Chosen, Provider, Refused, Whole, understand

PROVIDER = Provider(
    ("customers.provider.example", "portals.provider.example", "admin.provider.example", ""), True
)
PRIVATE = Provider(PROVIDER.names, False)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("billing.mycompany.com", "billing.mycompany.com"),
        ("  Billing.MyCompany.COM. ", "billing.mycompany.com"),
        ("rechnung.müller.de", "rechnung.xn--mller-kva.de"),
        ("billing.mycompany.co.uk", "billing.mycompany.co.uk"),
    ],
)
def test_name_in_a_domain_is_taken(text: str, name: str) -> None:
    assert understand(text, PROVIDER) == Chosen(name)  # type: ignore[arg-type]


def test_whole_domain_is_asked_back_with_the_usual_choice() -> None:
    asked = understand("mybillingportal.com", PROVIDER)
    assert asked == Whole("mybillingportal.com", "billing.mybillingportal.com")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("https://billing.mycompany.com", "billing.mycompany.com"),
        ("HTTPS://Billing.MyCompany.com:8443/path?x=1#y", "billing.mycompany.com"),
        ("billing.mycompany.com/", "billing.mycompany.com"),
        ("billing.mycompany.com:443", "billing.mycompany.com"),
        ("https:billing.mycompany.com", "billing.mycompany.com"),
        ("billing. mycompany.com", "billing.mycompany.com"),
        ("*.mycompany.com", "mycompany.com"),
        ("me@mycompany.com", "mycompany.com"),
        ("https://", None),
        ("", None),
        ("billing", None),
        ("192.0.2.1", None),
        ("192.0.2.1:443", None),
        ("my_portal.mycompany.com", None),
        ("https://billing.customers.provider.example/", None),
    ],
)
def test_cleaned_name_is_offered_where_there_is_one(text: str, instead: str | None) -> None:
    refused = understand(text, PROVIDER)
    assert isinstance(refused, Refused)
    assert refused.instead == instead


@pytest.mark.parametrize(
    "text", ["customers.provider.example", "x.portals.provider.example", "admin.provider.example"]
)
def test_names_of_the_provider_are_refused(text: str) -> None:
    assert understand(text, PRIVATE) == Refused(
        "This name is one of ours. Choose a name in a domain that your company owns."
    )


@pytest.mark.parametrize(
    "text",
    ["billing.acme.test", "a.localhost", "x.example", "x.invalid", "printer.local", "billing.example.com"],
)
def test_reserved_names_are_refused_for_a_public_ca_only(text: str) -> None:
    assert isinstance(understand(text, PROVIDER), Refused)
    assert not isinstance(understand(text, PRIVATE), Refused)


def test_public_suffix_is_refused_for_a_public_ca_only() -> None:
    refused = understand("co.uk", PROVIDER)
    assert isinstance(refused, Refused)
    assert "public ending" in refused.reason
    assert understand("co.uk", PRIVATE) == Chosen("co.uk")  # type: ignore[arg-type]
