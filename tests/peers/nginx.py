"""Nginx: a real upstream as a process of its own on a free loopback port.

with Nginx("location / { return 204; }") as nginx:
    ... nginx.url
"""

import getpass
import socket
import tempfile
from pathlib import Path
from typing import Self

from tests.peers.ports import free_port
from tests.peers.process import Process

_CONFIGURATION = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 100m;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/www;
        {server}
    }}
}}
"""


class Nginx:
    """`www` is the folder that it serves."""

    def __init__(self, server: str) -> None:
        self._server = server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def www(self) -> Path:
        return Path(self._folder.name) / "www"

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="nginx-")
        self._port = free_port()
        folder = Path(self._folder.name)
        self.www.mkdir()
        text = _CONFIGURATION.format(
            folder=folder, port=self._port, user=getpass.getuser(), server=self._server
        )
        (folder / "nginx.conf").write_text(text)
        command = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
        self._process = Process(command, folder / "nginx.log", {})
        try:
            self._process.wait_until(self._listens)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.stop()
        self._folder.cleanup()

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=0.2).close()
        except OSError:
            return False
        return True
