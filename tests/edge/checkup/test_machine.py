"""What the system does not let us have, caused."""

import socket
import subprocess
import sys

from edge.checkup import machine

ASK = (
    "from edge.checkup import machine; print(*(each.code for each in machine.of_ports(['127.0.0.1:{port}'])))"
)


def codes(*addresses: str) -> list[str]:
    return [each.code for each in machine.of_ports(addresses)]


def test_a_free_port_is_no_finding_and_stays_free() -> None:
    assert codes("127.0.0.1:0") == []


def test_a_port_that_somebody_has() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert codes(f"127.0.0.1:{taken.getsockname()[1]}") == ["port-taken"]


def test_an_address_that_is_not_this_machines() -> None:
    assert codes("203.0.113.77:0") == ["port-unusable"]


def test_a_low_port_without_the_right_to_it() -> None:
    command = ["setpriv", "--bounding-set", "-net_bind_service", "--inh-caps", "-all", sys.executable, "-c"]
    done = subprocess.run([*command, ASK.format(port=7)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["port-denied"]


LIMITED = """
import resource
from edge.checkup import machine
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
print(*([each.code for each in machine.of_files(connections)] for connections in (3_000, 10_000)))
"""


def test_fewer_files_than_connections() -> None:
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, check=True)
    assert done.stdout == "[] ['files']\n"
