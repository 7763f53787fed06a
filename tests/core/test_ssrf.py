"""SSRF guard: no address inside a network, however it is written."""

import socket
import subprocess
import sys

import pytest

from detoxsite.core import ssrf

HOST, PUBLIC = "hooks.example.org", "93.184.215.14"

INSIDE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.1.1", "169.254.169.254"),
    *("100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "fe80::1", "fe80::1%eth0"),
    *("fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2002:7f00:1::", "2002:0a00:0001::1"),
    *("64:ff9b::127.0.0.1", "64:ff9b:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "100::1", "fec0::1"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_a_network_is_contacted(address, monkeypatch):
    monkeypatch.setattr(ssrf, "resolve", lambda *_, **__: [(0, 0, 0, "", (address, 443))])

    with pytest.raises(ssrf.ForbiddenAddress):
        ssrf.public_addresses(HOST, 443)


@pytest.mark.parametrize("address", ["8.8.8.8", PUBLIC, "2606:4700:4700::1111", "2a00:1450:4001::200e"])
def test_public_addresses_are_contacted(address):
    assert ssrf.is_public(address)


def test_a_name_that_also_leads_inside_is_refused(monkeypatch):
    both = [(0, 0, 0, "", (address, 443)) for address in (PUBLIC, "10.0.0.1")]
    monkeypatch.setattr(ssrf, "resolve", lambda *_, **__: both)

    with pytest.raises(ssrf.ForbiddenAddress):
        ssrf.public_addresses(HOST, 443)


@pytest.mark.parametrize(
    "url",
    [
        *("http://hooks.example.org/", "ftp://hooks.example.org/", "file:///etc/passwd", "//hooks.example.org/", ""),
        *("https://", "https://me:secret@hooks.example.org/", "https://localhost/", "https://a.localhost./"),
        *("https://db.internal/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/"),
        *("https://169.254.169.254/latest/meta-data/", "https://hooks.example.org:99999/", "https://[::1/"),
    ],
)
def test_an_invalid_address_is_refused(url):
    with pytest.raises(ssrf.ForbiddenAddress):
        ssrf.split_url(url)


@pytest.mark.parametrize("written", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1"])
def test_an_odd_spelling_of_an_internal_address_is_refused(written):
    with pytest.raises((ssrf.ForbiddenAddress, OSError)):
        ssrf.public_addresses(ssrf.split_url(f"https://{written}/")[0], 443)


def test_a_guarded_process_connects_to_no_address_inside_unless_it_is_listed():
    """In a process of its own: the guard cannot be taken off again."""
    script = """
import socket, sys
from detoxsite.core import ssrf
open_port, closed_port = sys.argv[1:]
ssrf.guard_process({f"127.0.0.1:{open_port}"})
socket.create_connection(("127.0.0.1", int(open_port))).close()
for connect in (
    lambda: socket.create_connection(("127.0.0.1", int(closed_port))),
    lambda: socket.create_connection(("localhost", int(closed_port))),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("10.0.0.1", 514)),
    lambda: socket.socket(socket.AF_UNIX).connect("/run/dbus/system_bus_socket"),
    lambda: socket.socket().connect(("localhost", int(closed_port))),
):
    try:
        connect()
    except ssrf.ForbiddenConnection:
        print("refused")
"""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        ports = [str(server.getsockname()[1]) for server in (one, other)]
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", script, *ports], capture_output=True, text=True)

    assert (done.stdout.split(), done.stderr) == (["refused"] * 5, "")
