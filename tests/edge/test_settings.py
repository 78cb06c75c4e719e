from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import settings
from edge.relay import Relay, Security
from edge.settings import Faults, Settings

FOLDER = Path("/etc/brassplate")
EDGE = {"admin_host": "admin.provider.example", "cname_target": "customers.provider.example"}
ACME = {"contact": "ops@provider.example", "agree_terms": True}
TOML = """
[edge]
admin_host = "admin.provider.example"
cname_target = "customers.provider.example"
[acme]
contact = "ops@provider.example"
agree_terms = true
"""


def read(environ: dict[str, str] | None = None, **sections: Any) -> Settings | Faults:
    """What a configuration with the least that is needed, and `sections` over it, comes to."""
    given: dict[str, Any] = {"edge": EDGE, "acme": ACME}
    for section, inside in sections.items():
        given[section] = given.get(section, {}) | inside if isinstance(inside, dict) else inside
    return settings.from_mapping(given, FOLDER, environ or {})


def good(environ: dict[str, str] | None = None, **sections: Any) -> Settings:
    found = read(environ, **sections)
    assert isinstance(found, Settings), str(found)
    return found


def faults(environ: dict[str, str] | None = None, **sections: Any) -> dict[str, str]:
    found = read(environ, **sections)
    assert isinstance(found, Faults)
    return {fault.key: fault.reason for fault in found.faults}


def test_least_configuration_has_the_defaults() -> None:
    found = good()
    assert found.https == ("0.0.0.0:443", "[::]:443")
    assert (found.admin_host, found.provider_domain, found.addresses) == (
        "admin.provider.example",
        "",
        frozenset(),
    )
    assert found.store_path == FOLDER / "var/brassplate.db"
    assert (found.ca_file, found.max_waiting_handshakes, found.challenges[0]) == (None, 2000, "http-01")


def test_empty_configuration_is_told_all_that_must_be_set() -> None:
    found = settings.from_mapping({}, FOLDER, {})
    assert isinstance(found, Faults)
    assert [fault.key for fault in found.faults] == [
        "edge.admin_host",
        "edge.cname_target",
        "acme.agree_terms",
        "acme.contact",
    ]


def test_every_fault_is_told_at_once_with_its_key_and_reason() -> None:
    found = read(
        edge={"https": ["443"], "admin_host": "a b", "htps": 1, "workers": 2},
        acme={"agree_terms": False, "directory": "http://ca.example"},
        store={"url": "postgres://db"},
    )
    assert str(found).splitlines() == [
        "edge.https: '443' is not ADDRESS:PORT, such as 0.0.0.0:443 or [::]:443",
        "edge.admin_host: 'a b' is not a host name",
        "store.url: 'postgres://db' is not sqlite:///PATH (relative to this file) or sqlite:////PATH (absolute)",
        "acme.directory: 'http://ca.example' is not an https:// URL",
        "edge.htps: unknown key; did you mean edge.https?",
        "edge.workers: 2 and more are not built yet; leave it at 1",
        "acme.agree_terms: must be true: read the CA's terms of service, then set it",
    ]


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text() | st.integers())
)
SECTIONS = st.sampled_from(sorted({key.partition(".")[0] for key in settings.keys()})) | st.text()
NAMES = st.sampled_from(sorted({key.partition(".")[2] for key in settings.keys()})) | st.text()


@given(
    st.dictionaries(SECTIONS, st.dictionaries(NAMES, VALUES) | VALUES),
    st.dictionaries(st.sampled_from(sorted(settings.keys())), st.text()),
)
def test_any_configuration_is_read_or_refused_with_reasons(
    mapping: dict[str, Any], environ: dict[str, str]
) -> None:
    names = {f"BRASSPLATE_{key.replace('.', '__')}".upper(): text for key, text in environ.items()}
    found = settings.from_mapping(mapping, FOLDER, names)
    assert isinstance(found, Settings) or all(fault.reason for fault in found.faults)


@pytest.mark.parametrize(
    ("section", "key", "value", "words"),
    [
        ("edge", "https", "0.0.0.0:443", "must be a list of texts"),
        ("edge", "https", [443], "must be text"),
        ("edge", "http", ["0.0.0.0"], "not ADDRESS:PORT"),
        ("edge", "http", ["0.0.0.0:65536"], "not ADDRESS:PORT"),
        ("edge", "http", ["0.0.0.0:²"], "not ADDRESS:PORT"),
        ("edge", "http", ["2001:db8::5:80"], "not ADDRESS:PORT"),
        ("edge", "http", ["localhost:80"], "not an IP address"),
        ("edge", "addresses", ["192.0.2.300"], "not an IP address"),
        ("edge", "admin_host", 5, "must be text"),
        ("edge", "admin_host", "admin_host.example", "not a host name"),
        ("edge", "admin_host", "a" * 64 + ".example", "not a host name"),
        ("edge", "admin_host", "customers.provider.example", "must differ from edge.cname_target"),
        ("edge", "cname_target", "192.0.2.1", "not a host name"),
        ("edge", "cname_target", "", "not a host name"),
        ("edge", "provider_domain", False, "must be text"),
        ("edge", "public_https_port", 0, "from 1 to 65535"),
        ("edge", "public_https_port", True, "whole number"),
        ("edge", "max_waiting_handshakes", 1.5, "whole number"),
        ("edge", "api_host", "customers.provider.example", "must differ from"),
        ("edge", "metrics", "9464", "not ADDRESS:PORT"),
        ("edge", "metrics", ["127.0.0.1:9464"], "must be text"),
        ("edge", "drain_notice_seconds", -1, "from 0 to 300"),
        ("log", "format", "xml", "must be one of auto, json, text"),
        ("log", "level", "loud", "must be one of debug"),
        ("log", "access", "yes", "true or false"),
        ("store", "url", "sqlite:///", "sqlite:///PATH"),
        ("store", "url", "sqlite://var/x.db", "sqlite:///PATH"),
        ("store", "master_key_file", " ", "must name a file"),
        ("issuer", "kind", "self", "must be one of acme, local"),
        ("issuer", "leaf_hours", 9529, "from 1 to 9528"),
        ("acme", "directory", "https://[::1", "not an https:// URL"),
        ("acme", "directory", "https://ca.example:70000/", "not an https:// URL"),
        ("acme", "contact", "ops", "not an e-mail address"),
        ("acme", "contact", "", "must be set"),
        ("acme", "agree_terms", "yes", "true or false"),
        ("acme", "ca_file", 0, "must be text"),
        ("acme", "challenges", [], "http-01, tls-alpn-01"),
        ("acme", "challenges", ["dns-01"], "http-01, tls-alpn-01"),
        ("acme", "caa_identities", ["not a name"], "is not a host name"),
        ("dns", "resolvers", ["one.one.one.one"], "not ADDRESS:PORT"),
        ("dns", "public_resolvers", ["one.one.one.one"], "not ADDRESS:PORT"),
        ("dns", "root_hints", ["a.root-servers.net"], "not ADDRESS:PORT"),
        ("dns", "root_hints", ["127.0.0.2:5353", "127.0.0.3"], "must all have the same port"),
        ("dns", "private_servers", "yes", "true or false"),
        ("operator", "support_email", "help@provider.example, x@y.example", "not an e-mail address"),
        ("mail", "smtp", "mx.provider.example", "must be smtp://HOST"),
        ("mail", "smtp", "smtp://u:p@mx.provider.example", "in clear"),
        ("mail", "smtp", 25, "must be text"),
        ("mail", "from", "post", "not an e-mail address"),
        ("mail", "from", "Provider <post@provider.example>", "not an e-mail address"),
        ("mail", "bounces", "a@b@c.example", "not an e-mail address"),
        ("mail", "per_minute", 0, "from 1 to 100000"),
        ("mail", "ca_file", 0, "must be text"),
        ("mail", "spf", False, "must be text"),
    ],
)
def test_wrong_value_is_refused_by_its_key(section: str, key: str, value: object, words: str) -> None:
    wrong: dict[str, Any] = {section: {key: value}}
    found = faults(**wrong)
    assert found.keys() == {f"{section}.{key}"}
    assert words in found[f"{section}.{key}"]


def test_names_and_addresses_are_kept_in_one_spelling() -> None:
    found = good(
        edge={"admin_host": " Admin.Provider.Example. ", "addresses": ["2001:DB8:0::1", "192.0.2.1"]}
    )
    assert found.admin_host == "admin.provider.example"
    assert found.addresses == {"2001:db8::1", "192.0.2.1"}


@pytest.mark.parametrize("server", ["9.9.9.9", "2620:fe::fe", "127.0.0.1:5353", "[::1]:5353"])
def test_resolver_may_have_a_port(server: str) -> None:
    assert good(dns={"resolvers": [server]}).resolvers == (server,)
    assert good(dns={"root_hints": [server, server]}).root_hints == (server, server)


def test_public_resolvers_are_two_unless_told_otherwise() -> None:
    assert good().public_resolvers == ("1.1.1.1", "8.8.8.8")
    assert good(dns={"public_resolvers": []}).public_resolvers == ()


def test_terms_and_contact_are_not_asked_for_by_the_embedded_issuer() -> None:
    assert good(issuer={"kind": "local"}, acme={"contact": "", "agree_terms": False}).issuer == "local"


# Files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/brassplate.db", "/etc/brassplate/var/brassplate.db"),
        ("sqlite:////srv/brassplate.db", "/srv/brassplate.db"),
    ],
)
def test_store_is_relative_to_the_file_with_three_slashes_and_absolute_with_four(url: str, path: str) -> None:
    assert good(store={"url": url}).store_path == Path(path)


def test_other_files_are_relative_to_the_file_too() -> None:
    found = good(store={"master_key_file": "/run/key"}, acme={"ca_file": "ca.pem"})
    assert (found.master_key_file, found.ca_file) == (Path("/run/key"), FOLDER / "ca.pem")


def test_file_is_read_with_the_environment_above_it(tmp_path: Path) -> None:
    (tmp_path / "brassplate.toml").write_text(TOML)
    found = settings.load(tmp_path / "brassplate.toml", {"BRASSPLATE_OPERATOR__NAME": "Provider"})
    assert isinstance(found, Settings)
    assert found.operator_name == "Provider"
    assert found.store_path == tmp_path / "var/brassplate.db"


@pytest.mark.parametrize(
    ("content", "words"), [(b"[edge", "not TOML"), (b"a = '\xff'", "not TOML"), (None, "No such")]
)
def test_file_that_cannot_be_read_is_one_fault(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "brassplate.toml"
    if content is not None:
        path.write_bytes(content)
    found = settings.load(path, {})
    assert isinstance(found, Faults)
    assert [fault.key for fault in found.faults] == [str(path)]
    assert words in str(found)


# The environment -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("EDGE__HTTPS", "127.0.0.1:8443, [::1]:8443,", "https", ("127.0.0.1:8443", "[::1]:8443")),
        ("EDGE__ADDRESSES", "", "addresses", frozenset()),
        ("EDGE__ADMIN_HOST", "other.example", "admin_host", "other.example"),
        ("EDGE__PUBLIC_HTTPS_PORT", "8443", "public_https_port", 8443),
        ("EDGE__WORKERS", "1", "issuer", "acme"),
        ("STORE__URL", "sqlite:////srv/x.db", "store_path", Path("/srv/x.db")),
        ("ACME__AGREE_TERMS", "TRUE", "agree_terms", True),
        ("ACME__AGREE_TERMS", "1", "agree_terms", True),
        ("ACME__CA_FILE", "", "ca_file", None),
        ("ACME__CHALLENGES", "tls-alpn-01", "challenges", ("tls-alpn-01",)),
        ("MAIL__SMTP", "", "smtp", None),
        ("MAIL__SMTP", "smtps://u:p@mx.example", "smtp", Relay("mx.example", 465, Security.TLS, "u", "p")),
        ("MAIL__PER_MINUTE", "30", "mail_per_minute", 30),
    ],
)
def test_environment_overrides_in_the_type_of_the_key(
    name: str, text: str, field: str, value: object
) -> None:
    found = good({f"BRASSPLATE_{name}": text}, acme={"agree_terms": True, "ca_file": "ca.pem"})
    assert getattr(found, field) == value


@pytest.mark.parametrize(
    ("name", "text", "key", "words"),
    [
        ("EDGE__PUBLIC_HTTPS_PORT", "²", "edge.public_https_port", "whole number"),
        ("EDGE__PUBLIC_HTTPS_PORT", "--5", "edge.public_https_port", "whole number"),
        ("EDGE__PUBLIC_HTTPS_PORT", "9" * 5000, "edge.public_https_port", "whole number"),
        ("ACME__AGREE_TERMS", "yes", "acme.agree_terms", "true or false"),
        ("ACME__AGREE_TERMS", "false", "acme.agree_terms", "must be true"),
        ("EDGE__WORKERS", "2", "edge.workers", "not built yet"),
        ("EDGE__HTPS", "x", "edge.htps", "did you mean edge.https?"),
        ("EDGE__", "x", "edge.", "unknown key"),
    ],
)
def test_wrong_value_in_the_environment_is_refused(name: str, text: str, key: str, words: str) -> None:
    found = faults({f"BRASSPLATE_{name}": text})
    assert found.keys() == {key} and words in found[key]


@pytest.mark.parametrize(
    "smtp", ["smtp://u:hunter2@mx.example", "smtps://u:hun/ter2@mx", ["smtps://u:hunter2@mx"]]
)
def test_fault_of_the_mail_server_does_not_repeat_its_password(smtp: object) -> None:
    said = faults(mail={"smtp": smtp})["mail.smtp"]
    assert "hunter2" not in said and "ter2" not in said


def test_other_variables_are_left_alone() -> None:
    others = {
        "BRASSPLATE_CONFIG": "brassplate.toml",
        "EDGE__HTTPS": "x",
        "PATH": "/bin",
        "brassplate_edge__https": "x",
    }
    assert good(others) == good()


# Unknown keys ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "key", "near"),
    [
        ("edge", "admin_hots", "edge.admin_host"),
        ("acme", "admin_host", "edge.admin_host"),
        ("egde", "cname_target", "edge.cname_target"),
        ("store", "master_key", "store.master_key_file"),
    ],
)
def test_unknown_key_is_refused_with_the_nearest_known(section: str, key: str, near: str) -> None:
    assert faults(**{section: {key: "x"}}) == {f"{section}.{key}": f"unknown key; did you mean {near}?"}


def test_unknown_key_with_nothing_near_is_refused() -> None:
    assert faults(edge={"zzz": 1}) == {"edge.zzz": "unknown key"}


def test_key_outside_its_section_is_refused_with_where_it_belongs() -> None:
    assert faults(admin_host="x") == {"admin_host": "unknown key; did you mean edge.admin_host?"}


@pytest.mark.parametrize("value", [5, "text", [], True])
def test_section_that_is_no_section_is_refused_as_such(value: object) -> None:
    assert faults(operator=value) == {"operator": "must be a section, [operator]"}


def test_every_setting_is_given_by_one_key() -> None:
    unbuilt = {"edge.workers"}
    assert len(settings.keys().keys() - unbuilt) == len(Settings.__dataclass_fields__)
