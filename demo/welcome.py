"""Welcome: what the demo prints once it serves: addresses, sign-ins, and the first handshake to try."""

from collections.abc import Sequence
from pathlib import Path

from demo.companies import SignIn
from demo.configuration import ADMIN_HOST, CNAME_TARGET, PROVIDER_DOMAIN, Ports

UNVISITED = "billing.harbour.example"
UNFINISHED = "pennine"


def text(ports: Ports, root: Path, signins: Sequence[SignIn]) -> str:
    """All that a newcomer needs, to be read from top to bottom."""
    admin = f"https://{ADMIN_HOST}:{ports.https}/"
    rows = [(each.who, each.email, each.password) for each in signins]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    people = "\n".join(f"    {row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]}" for row in rows)
    return f"""
Brassplate is running, on this machine alone.

  Admin console      {admin}
  A DNS host's panel http://panel.localhost:{ports.panel}/
  Portals, provider's names
                     https://harbour.{PROVIDER_DOMAIN}:{ports.https}/
                     https://{UNFINISHED}.{PROVIDER_DOMAIN}:{ports.https}/ (not open yet)

  Sign-ins (who, e-mail, password)
{people}

  1. The first handshake: {UNVISITED} has its CNAME, but nobody has visited it yet.
     Its certificate is made while curl waits:

     curl --cacert {root} --resolve {UNVISITED}:{ports.https}:127.0.0.1 \\
          https://{UNVISITED}:{ports.https}/sign-in

  2. The wizard: sign in to the admin console as an admin of Pennine Voice, choose any domain,
     add the record it shows (CNAME to {CNAME_TARGET}) in the DNS host's panel, complete.

  To open all of it in a browser, without warnings and without ports: make demo-browser
  Without that browser, let yours trust {root}
  Stop with Ctrl-C; everything is in {root.parent}
"""
