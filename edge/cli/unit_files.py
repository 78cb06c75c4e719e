"""Unit files: brassplate as a service of systemd, hardened, as an ordinary user that may bind low ports."""

from pathlib import Path

SERVICE = """\
# /etc/systemd/system/brassplate.service
[Unit]
Description=Brassplate: customer portals on custom domains
After=network-online.target
Wants=network-online.target
# Sockets that systemd keeps open, also while the service is restarted (brassplate.socket): optional.
# Requires=brassplate.socket

[Service]
Type=notify
NotifyAccess=main
User={user}
Group={user}
WorkingDirectory={folder}
ExecStart={program} serve --config {config}
# A successor starts on the same sockets; after an upgrade of the program as well. No request is lost.
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
TimeoutStopSec=90
Restart=on-failure
RestartSec=1
LimitNOFILE=1048576

AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={folder}/var
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0077

[Install]
WantedBy=multi-user.target
"""
SOCKET = """\
# /etc/systemd/system/brassplate.socket
[Unit]
Description=Brassplate's doors: https

[Socket]
ListenStream=0.0.0.0:443
ListenStream=[::]:443
BindIPv6Only=ipv6-only
FileDescriptorName=https
Backlog=1024
Service=brassplate.service

[Install]
WantedBy=sockets.target
"""
HTTP_SOCKET = SOCKET.replace("brassplate.socket", "brassplate-http.socket").replace("443", "80")
HTTP_SOCKET = HTTP_SOCKET.replace("doors: https", "doors: http").replace("Name=https", "Name=http")


def unit_files(program: Path, config: Path, user: str) -> dict[str, str]:
    """By file name."""
    folder = config.parent
    service = SERVICE.format(program=program, config=config, folder=folder, user=user)
    return {
        "brassplate.service": service,
        "brassplate.socket": SOCKET,
        "brassplate-http.socket": HTTP_SOCKET,
    }
