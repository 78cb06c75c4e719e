"""brassplate init: a commented configuration and a new master key beside it."""

import argparse
import re
import sys
from pathlib import Path

from edge.cli import transaction
from edge.cli.configuration import DEFAULT_FILE
from edge.cli.unit_files import unit_files
from store import vault

TEMPLATE = """\
# Brassplate. Every key can also come from the environment: BRASSPLATE_EDGE__HTTPS and so on.

[edge]
https = ["0.0.0.0:443", "[::]:443"]
http = ["0.0.0.0:80", "[::]:80"]
admin_host = "admin.provider.example"         # the admin console; needs A and AAAA records to this machine
cname_target = "customers.provider.example"   # what your clients' CNAME records point at; A and AAAA too
provider_domain = ""                          # if set, each organisation also gets <slug>.<provider_domain>
addresses = []                                # ours, as the world sees them; empty: those of cname_target
public_https_port = 443                       # what visitors and the CA use, where it differs from the listener
public_http_port = 80
max_waiting_handshakes = 2000
metrics = "127.0.0.1:9464"                    # /metrics for Prometheus, /healthz, /readyz; empty: nowhere

[log]
format = "auto"                               # json or text on stderr; auto: text on a terminal
access = true                                 # one line a request

[store]
url = "sqlite:///var/brassplate.db"           # three slashes: relative to this file; four: absolute
master_key_file = "var/master.key"            # seals keys at rest; keep a copy apart from the store's backups

[acme]
directory = "https://acme-v02.api.letsencrypt.org/directory"
contact = ""                                  # where the CA writes when something is wrong
agree_terms = {agree_terms}                   # to the CA's terms of service
ca_file = ""                                  # an extra root for the CA's own https, such as Pebble's
trust_file = ""                               # an extra root that visitors trust, such as a test CA's
challenges = ["http-01", "tls-alpn-01"]       # in the order to try

# [issuer]
# kind = "local"                              # the embedded CA instead, for private networks and development
# root_file = "var/root.pem"                  # its root certificate is written here for visitors to trust

[dns]
resolvers = []                                # empty: the system's; else these alone, such as "9.9.9.9"
public_resolvers = ["1.1.1.1", "8.8.8.8"]     # asked what the world sees when a domain is checked

[operator]
name = ""
support_email = ""
require_second_factor = false                 # true: operators set up an authenticator app before anything else

[mail]
smtp = ""                                     # smtps://USER:PASSWORD@HOST; empty: mails wait in the outbox
from = ""                                     # empty: operator.support_email
"""


def add_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("init", help="write a commented configuration and a new master key beside it")
    parser.add_argument("--config", type=Path, default=Path(DEFAULT_FILE), metavar="FILE")
    parser.add_argument("--agree-terms", action="store_true", help="agree to the CA's terms of service")
    systemd = "write unit files for systemd beside the configuration that is there; nothing else is written"
    parser.add_argument("--systemd", action="store_true", help=systemd)
    parser.add_argument("--user", default="brassplate", help="whom the service runs as (default: brassplate)")
    parser.set_defaults(run=_init)


def _init(arguments: argparse.Namespace) -> int:
    path: Path = arguments.config
    if arguments.systemd:
        return _write_units(path.resolve(), arguments.user)
    agreed = arguments.agree_terms or _asked()
    key = path.resolve().parent / "var" / "master.key"
    if path.exists() or key.exists():
        raise transaction.refuse(f"{path if path.exists() else key} is there already; nothing was written")
    key.parent.mkdir(parents=True, exist_ok=True)
    vault.write_new_key(key)
    path.write_text(TEMPLATE.format(agree_terms="true" if agreed else "false"), "utf-8")
    print(
        f"wrote {path} and {key}\nset admin_host, cname_target and contact, then: brassplate serve --config {path}"
    )
    return 0


def _write_units(config: Path, user: str) -> int:
    if not re.fullmatch(r"[a-z_][a-z0-9_-]*", user):
        raise transaction.refuse(f"{user!r} is not the name of a user")
    if not config.exists():
        raise transaction.refuse(f"{config} is not there; write it with brassplate init first")
    program = Path(sys.executable).parent / "brassplate"
    for name, text in unit_files(program, config, user).items():
        (config.parent / name).write_text(text, "utf-8")
        print(f"wrote {config.parent / name}")
    print(
        "copy brassplate.service to /etc/systemd/system, then: systemctl daemon-reload; "
        f"chown -R {user}: {config.parent / 'var'}; systemctl enable --now brassplate"
    )
    return 0


def _asked() -> bool:
    if not sys.stdin.isatty():
        return False
    question = "Agree to Let's Encrypt's terms of service (https://letsencrypt.org/repository/)? [y/N] "
    return input(question).strip().lower() in ("y", "yes")
