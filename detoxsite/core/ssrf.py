"""SSRF guard: HTTPS connections to the public internet only, never to an address inside a network."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from urllib.parse import urlsplit

MAX_ADDRESSES = 3  # tried per host name

resolve, dial, trust = socket.getaddrinfo, socket.create_connection, ssl.create_default_context  # the network


class ForbiddenAddress(Exception):
    """The address is not allowed. The message says why, for the person who typed it."""


def is_public(address: str) -> bool:
    """Whether this IP address is on the public internet, also when it is wrapped into another kind."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6 and (ip not in _ROUTED or ip.sixtofour or ip.teredo):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


_ROUTED = ipaddress.ip_network("2000::/3")  # all assigned IPv6; mapped and translated IPv4 is elsewhere


def split_url(url: str) -> tuple[str, int, str]:
    """Return host, port and path of an allowed URL. Raises ForbiddenAddress."""
    try:
        split = urlsplit(url)
        host, port = split.hostname or "", split.port or 443
    except ValueError as exc:
        raise ForbiddenAddress("This is not a valid address.") from exc
    if split.scheme != "https":
        raise ForbiddenAddress("The address has to begin with https://")
    if not host or split.username is not None or split.password is not None:
        raise ForbiddenAddress("The address needs a host, and no user name or password.")
    if not _may_be_public(host):
        raise ForbiddenAddress("This address is not on the public internet.")
    return host, port, (split.path or "/") + (f"?{split.query}" if split.query else "")


def _may_be_public(host: str) -> bool:
    """Judge a host without resolving its name."""
    try:
        return is_public(host)
    except ValueError:  # a name
        return not f".{host.rstrip('.')}".endswith((".localhost", ".local", ".internal"))


def public_addresses(host: str, port: int) -> list[str]:
    """Resolve a name. Raises ForbiddenAddress if any address is not public, even if others are."""
    found = list(dict.fromkeys(info[4][0] for info in resolve(host, port, type=socket.SOCK_STREAM)))
    if not found or not all(is_public(address) for address in found):
        raise ForbiddenAddress("This name leads to an address that is not on the public internet.")
    return found


class PinnedConnection(http.client.HTTPSConnection):
    """A connection to the very addresses that were checked, whatever the name resolves to later. No redirects."""

    def __init__(self, host: str, port: int, found: Sequence[str], timeout: float) -> None:
        self.trust, self.found, self.is_over = trust(), found[:MAX_ADDRESSES], False
        super().__init__(host, port, timeout=timeout, context=self.trust)

    def connect(self) -> None:
        self.sock = self.trust.wrap_socket(self._reach(), server_hostname=self.host, do_handshake_on_connect=False)
        if self.is_over:
            raise TimeoutError
        self.sock.settimeout(self.timeout)
        self.sock.do_handshake()

    def _reach(self) -> socket.socket:
        """Connect to the first address that answers."""
        for address in self.found:
            try:
                return dial((address, self.port), self.timeout / len(self.found))
            except OSError as exc:
                last = exc
        raise last

    def cut(self) -> None:
        """End the connection from another thread; a blocked read returns."""
        self.is_over = True
        with contextlib.suppress(OSError, TypeError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
