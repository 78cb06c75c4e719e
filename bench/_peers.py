"""The servers that are compared: each terminates TLS for `NAME` and forwards to one upstream, alone on a core.

The same P-256 certificate and TLS 1.3 for all, no access log, otherwise each one's own defaults: but nginx is told
to keep connections to the upstream and not to write bodies to disk, as whoever tunes it does.
"""

import asyncio
import getpass
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from bench import _process_tree
from edge import main as edge_main
from edge import settings as edge_settings
from store import certificates, domains, organisations, portals, vault
from store.certificates import Certificate
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests.e2e.house import write_config
from tests.fakes.self_signed import self_signed
from tests.peers.ports import free_port

NAME = Hostname("shop.customer.example")
SERVER_CORE, LOAD_CORE = 0, 1
PROGRAMS = Path("build/peers/bin")


class Peer:
    """A process on the server's core."""

    name = ""
    version: tuple[str, ...] = ()

    def __init__(self, folder: Path, upstream: int) -> None:
        self.folder = folder / self.name
        self.folder.mkdir(exist_ok=True)
        self.upstream = upstream
        self.beside: Callable[[], float] = lambda: 0.0
        self.port = free_port()
        chain, key = self_signed(NAME)
        (self.folder / "chain.pem").write_bytes(chain)
        (self.folder / "key.pem").write_bytes(key)
        with (self.folder / "log").open("ab") as log:
            self._child = self._start(self.command(), log)
        self._wait()

    def command(self) -> list[str]:
        raise NotImplementedError

    @property
    def pid(self) -> int:
        return self._child.pid

    def cpu_seconds(self) -> float:
        return _process_tree.cpu_seconds(self.pid) + self.beside()

    def memory(self) -> int:
        return _process_tree.memory(self.pid)

    def stop(self) -> None:
        self._child.terminate()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def written(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def _start(self, command: list[str], log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)},
            preexec_fn=lambda: _process_tree.pin(SERVER_CORE),
        )

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as plain:
                    with client().wrap_socket(plain, server_hostname=NAME) as secure:
                        secure.sendall(
                            f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()
                        )
                        if secure.recv(12) == b"HTTP/1.1 200":
                            return
                time.sleep(0.02)
            except OSError:
                if self._child.poll() is not None:
                    break
                time.sleep(0.02)
        log = (self.folder / "log").read_text()[-2000:]
        raise RuntimeError(f"{self.name} does not serve:\n{log}")


class Brassplate(Peer):
    """`brassplate serve`, the name's certificate in its store."""

    name = "brassplate"
    portal = False

    def command(self) -> list[str]:
        config = self.folder / "brassplate.toml"
        edge = {"https": [f"127.0.0.1:{self.port}"], "http": [f"127.0.0.1:{free_port()}"]}
        write_config(config, None, edge=edge)
        asyncio.run(self._furnish(config))
        return [sys.executable, "-m", "edge", "serve", "--config", str(config)]

    async def _furnish(self, config: Path) -> None:
        found = edge_settings.load(config, {})
        assert isinstance(found, edge_settings.Settings), found
        now = edge_main.system_clock()
        store = await Store.open(found.store_path)
        organisation = await store.write(organisations.add, "harbour", "Harbour Telecom", now)
        await store.write(portals.set_enabled, organisation.id, True, now)
        leads = Destination(
            NAME,
            Room.PORTAL if self.portal else Room.UPSTREAM,
            organisation.id,
            False,
            () if self.portal else (f"http://127.0.0.1:{self.upstream}",),
            Confirmation.CNAME,
            Hostname("customers.provider.test"),
        )
        await store.write(domains.add, leads, now)
        chain, key = self_signed(NAME)
        sealed = vault.Vault.from_file(found.master_key_file).seal(key, NAME, "1")
        held = Certificate(NAME, "1", chain.decode(), sealed, "local", now, now.replace(year=now.year + 1))
        await store.write(certificates.add, held, now)
        await store.close()


class Embedded(Peer):
    """Our pump and an application in one process."""

    name = "brassplate"

    def command(self) -> list[str]:
        return [sys.executable, "-m", "bench._page", "tls", str(self.port), str(self.folder)]


class Page:
    """The same application for others to stand before, on the server's core: its time counts with theirs."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench._page", "plain", str(self.port), str(folder)],
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: _process_tree.pin(SERVER_CORE),
        )
        while not _listens(self.port):
            time.sleep(0.02)

    def cpu_seconds(self) -> float:
        return _process_tree.cpu_seconds(self._child.pid)

    def stop(self) -> None:
        self._child.kill()
        self._child.wait()


class Nginx(Peer):
    name = "nginx"
    version = ("/usr/sbin/nginx", "-v")

    def command(self) -> list[str]:
        folder = self.folder
        text = f"""
daemon off; user {getpass.getuser()}; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    keepalive_requests 100000000;
    upstream app {{ server 127.0.0.1:{self.upstream}; keepalive 64; keepalive_requests 100000000; }}
    server {{
        listen 127.0.0.1:{self.port} ssl backlog=1024;
        server_name {NAME};
        ssl_certificate {folder}/chain.pem; ssl_certificate_key {folder}/key.pem; ssl_protocols TLSv1.2 TLSv1.3;
        client_max_body_size 0;
        location / {{
            proxy_pass http://app; proxy_http_version 1.1;
            proxy_request_buffering off; proxy_max_temp_file_size 0;
            proxy_set_header Connection ""; proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $host; proxy_set_header Via "1.1 nginx";
            proxy_set_header Forwarded "for=$remote_addr;host=$host;proto=https";
        }}
    }}
}}
"""
        return ["/usr/sbin/nginx", "-p", str(folder), "-c", self.written("nginx.conf", text), "-e", "stderr"]


class Caddy(Peer):
    name = "caddy"
    version = (str(PROGRAMS / "caddy"), "version")

    def command(self) -> list[str]:
        text = f"""
{{
    admin off
    auto_https off
    persist_config off
    servers {{
        protocols h1
    }}
}}
https://{NAME}:{self.port} {{
    bind 127.0.0.1
    tls {self.folder}/chain.pem {self.folder}/key.pem
    reverse_proxy 127.0.0.1:{self.upstream}
}}
"""
        config = self.written("Caddyfile", text)
        return [str(PROGRAMS / "caddy"), "run", "--config", config, "--adapter", "caddyfile"]


class Traefik(Peer):
    name = "traefik"
    version = (str(PROGRAMS / "traefik"), "version")

    def command(self) -> list[str]:
        dynamic = f"""
http:
  routers:
    shop: {{rule: "Host(`{NAME}`)", entryPoints: [web], service: app, tls: {{}}}}
  services:
    app: {{loadBalancer: {{servers: [{{url: "http://127.0.0.1:{self.upstream}"}}]}}}}
tls:
  certificates:
    - {{certFile: "{self.folder}/chain.pem", keyFile: "{self.folder}/key.pem"}}
  options:
    default: {{alpnProtocols: [http/1.1], sniStrict: true}}
"""
        static = f"""
global: {{checkNewVersion: false, sendAnonymousUsage: false}}
log: {{level: ERROR}}
entryPoints: {{web: {{address: "127.0.0.1:{self.port}", transport: {{keepAliveMaxRequests: 0}}}}}}
providers: {{file: {{filename: "{self.written("dynamic.yml", dynamic)}"}}}}
"""
        return [str(PROGRAMS / "traefik"), f"--configfile={self.written('static.yml', static)}"]


class Haproxy(Peer):
    name = "haproxy"
    version = ("/usr/sbin/haproxy", "-v")

    def command(self) -> list[str]:
        (self.folder / "both.pem").write_bytes(b"".join(self_signed(NAME)))
        text = f"""
global
    nbthread 1
    maxconn 8192
defaults
    mode http
    timeout connect 3s
    timeout client 60s
    timeout server 60s
    option forwardfor
frontend web
    bind 127.0.0.1:{self.port} ssl crt {self.folder}/both.pem alpn http/1.1 ssl-min-ver TLSv1.2
    http-request set-header X-Forwarded-Proto https
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    default_backend app
backend app
    server app 127.0.0.1:{self.upstream}
"""
        return ["/usr/sbin/haproxy", "-f", self.written("haproxy.cfg", text), "-db"]


PEERS: dict[str, type[Peer]] = {peer.name: peer for peer in (Brassplate, Nginx, Haproxy, Traefik, Caddy)}


class Application:
    """The upstream of all: nginx on the load's core, a page of so many bytes, a gigabyte, and a sink."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder / "application"
        self._folder.mkdir()
        os.truncate(os.open(self._folder / "gigabyte", os.O_CREAT | os.O_WRONLY), 1 << 30)
        text = f"""
daemon off; user {getpass.getuser()}; worker_processes 1; pid {self._folder}/pid; error_log stderr;
events {{ worker_connections 8192; }}
http {{
    access_log off; sendfile on; keepalive_requests 100000000; client_max_body_size 0;
    client_body_temp_path {self._folder}/body; proxy_temp_path {self._folder}/proxy;
    fastcgi_temp_path {self._folder}/fastcgi; uwsgi_temp_path {self._folder}/uwsgi; scgi_temp_path {self._folder}/scgi;
    server {{
        listen 127.0.0.1:{self.port} backlog=1024;
        location / {{ default_type text/html; return 200 "{"x" * 1000}"; }}
        location = /gigabyte {{ root {self._folder}; }}
    }}
}}
"""
        (self._folder / "nginx.conf").write_text(text)
        self._child = subprocess.Popen(
            [
                "/usr/sbin/nginx",
                "-p",
                str(self._folder),
                "-c",
                str(self._folder / "nginx.conf"),
                "-e",
                "stderr",
            ],
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: _process_tree.pin(LOAD_CORE),
        )

    def stop(self) -> None:
        self._child.terminate()
        self._child.wait()


class Sink:
    """An upstream that reads every body to its end before it answers."""

    def __init__(self, _: Path) -> None:
        self.port = free_port()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench._sink", str(self.port)],
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: _process_tree.pin(LOAD_CORE),
        )
        while not _listens(self.port):
            time.sleep(0.02)

    def stop(self) -> None:
        self._child.kill()
        self._child.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def client() -> ssl.SSLContext:
    """A visitor that speaks TLS 1.3 alone and checks nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


def versions(names: list[str]) -> str:
    """Of the programs that are compared."""
    return ", ".join(f"{name} {_version(PEERS[name])}" for name in names if PEERS[name].version)


def _version(peer: type[Peer]) -> str:
    if not shutil.which(peer.version[0]):
        return "missing"
    done = subprocess.run(peer.version, capture_output=True, text=True, check=False)
    words = (done.stdout + done.stderr).replace("/", " ").replace(":", " ").split()
    return next((word.removeprefix("v") for word in words if word.lstrip("v")[:1].isdigit()), "?")
