"""Servers that get certificates in the first handshake, ours and Caddy, each with a Pebble of its own."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench import _process_tree
from bench._peers import PROGRAMS, SERVER_CORE
from tests.peers.pebble import Pebble

READY_SECONDS = 30.0


class Caddy:
    """Caddy with on-demand TLS, its file storage in `folder`; another server says that every name is welcome."""

    def __init__(self, folder: Path, pebble: Pebble, ask: int) -> None:
        self.port = pebble.tls_port
        self.storage = folder / "storage"
        self._log = folder / "caddy.log"
        config = folder / "Caddyfile"
        config.write_text(f"""
{{
    admin off
    persist_config off
    default_bind 127.0.0.1
    http_port {pebble.http_port}
    https_port {pebble.tls_port}
    storage file_system {self.storage}
    email ops@provider.test
    acme_ca {pebble.directory_url}
    acme_ca_root {pebble.ca_file}
    on_demand_tls {{
        ask http://127.0.0.1:{ask}/
    }}
    servers {{
        protocols h1
    }}
}}
https:// {{
    tls {{
        on_demand
    }}
    respond "{"x" * 1000}"
}}
""")
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                [str(PROGRAMS / "caddy"), "run", "--config", str(config), "--adapter", "caddyfile"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
                preexec_fn=lambda: _process_tree.pin(SERVER_CORE),
            )
        until = time.monotonic() + READY_SECONDS
        while "serving initial configuration" not in self._log.read_text():
            assert self._child.poll() is None and time.monotonic() < until, self._log.read_text()[-2000:]
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        return self._child.pid

    def stop(self) -> None:
        self._child.terminate()
        self._child.wait()


@contextmanager
def everybody_is_welcome() -> Iterator[int]:
    """The port of a server that Caddy asks about names: 200, whatever it is."""

    class Welcome(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Welcome)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
