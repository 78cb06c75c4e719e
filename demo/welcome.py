"""Welcome: what the demo says: before it is ready, and then addresses, sign-ins and the first handshake to try."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from demo.companies import SignIn
from demo.configuration import ADMIN_HOST, API_HOST, CNAME_TARGET, PROVIDER_DOMAIN, ROOT_PERMITS, Ports

UNVISITED = "billing.harbour.example"
FINISHED = "harbour"
UNFINISHED = "pennine"
MAKING = "Making up two companies with two years of bills, once. This takes a few seconds."
AFRESH = "The last start was interrupted while setting up; beginning afresh."


def taken(asked: int, ports: Ports) -> str:
    """Why the addresses are not the usual ones."""
    return f"Port {asked} is taken; this demo answers on port {ports.https}."


def other_ca(folder: Path, ca: str) -> str:
    """The folder was used with another CA before."""
    other, how = ("Pebble", "--ca pebble") if ca == "local" else ("the local CA", "--ca local")
    return (
        f"{folder} also holds a demo with certificates from {other} ({how}).\n"
        "This one keeps its own companies, sign-ins and certificates; only the DNS records are shared."
    )


def text(ports: Ports, root: Path, signins: Sequence[SignIn], ca: str) -> str:
    """All that a newcomer needs, to be read from top to bottom."""
    https = ports.https
    choose = "any domain" if ca == "pebble" else f"a domain in {_permitted()} (this CA signs for no other)"
    people = "\n".join(_people(signins, https))
    return f"""
Brassplate is running, on this machine alone.

  Admin console       https://{ADMIN_HOST}:{https}/
  The API             https://{API_HOST}:{https}/api/v1 (tokens: in the admin console, under API)
  A DNS host's panel  http://panel.localhost:{ports.panel}/
  Everybody's mail    http://panel.localhost:{ports.panel}/inbox
  Portals, on names of the provider
                      https://{FINISHED}.{PROVIDER_DOMAIN}:{https}/
                      https://{UNFINISHED}.{PROVIDER_DOMAIN}:{https}/ (not open yet)

{people}

  1. The first handshake: {UNVISITED} has its CNAME, but no certificate before its first visitor.
     It is made while curl waits:

     curl --cacert {shlex.quote(str(root))} --resolve {UNVISITED}:{https}:127.0.0.1 \\
          https://{UNVISITED}:{https}/sign-in

  2. The wizard: sign in to the admin console as the admin of Pennine Voice, switch Customer Access on,
     choose {choose}, such as billing.pennine.example.
     Open that domain in the DNS host's panel, add the record that the wizard shows
     (CNAME to {CNAME_TARGET}), and complete.

  To open all of it in a browser, without warnings and without ports, while this runs:
     {_browser_command(root.parent)}
  Without that browser, let yours trust {root}
  To begin afresh, delete {root.parent}
  Stop with Ctrl-C; everything is in {root.parent}
"""


def _browser_command(folder: Path) -> str:
    if folder == Path("var/demo").resolve():
        return "make demo-browser"
    return f"brassplate demo --browser --directory {shlex.quote(str(folder))}"


def _people(signins: Sequence[SignIn], https: int) -> Iterator[str]:
    """The sign-ins, below where each is for."""
    widths = [max(len(value) for value in column) for column in zip(*map(_row, signins), strict=True)]
    for where in dict.fromkeys(each.where for each in signins):
        portal = f"https://{FINISHED}.{PROVIDER_DOMAIN}:{https}/ and https://{where}:{https}/"
        at = "the admin console" if where == ADMIN_HOST else portal
        yield f"  Sign-ins at {at}"
        for each in signins:
            if each.where == where:
                cells = zip(_row(each), widths, strict=True)
                yield "    " + "  ".join(f"{value:{width}}" for value, width in cells).rstrip()


def _row(signin: SignIn) -> tuple[str, str, str]:
    return signin.who, signin.email, signin.password


def _permitted() -> str:
    *some, last = (f".{name}" for name in ROOT_PERMITS if name != PROVIDER_DOMAIN)
    return f"{', '.join(some)} or {last}"
