"""SSRF guard: HTTPS connections to the public internet only, never to an address inside a network.

``PinnedConnection`` guards one connection of ours, ``guard_process`` every connection of a process in which code of
others opens them.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import sys
from collections.abc import Sequence, Set
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


class ForbiddenConnection(OSError):
    """The guard of this process refused a connection."""


def guard_process(inside: Set[str] = frozenset()) -> None:
    """Refuse every connection of this process to an address inside a network, from now on and for good.

    The interpreter asks before each connect, with the address that the name resolved to: what a name leads to cannot
    change in between. ``inside``: addresses with their port, such as ``10.0.0.5:8080``, that are allowed all the same.
    """

    def hook(event: str, args: tuple) -> None:
        if event in _CONNECTING and not _is_allowed(args[1], inside):
            raise ForbiddenConnection("This address is not on the public internet.")

    sys.addaudithook(hook)


_CONNECTING = {"socket.connect", "socket.sendto", "socket.sendmsg"}


def _is_allowed(address: object, inside: Set[str]) -> bool:
    """``address`` as a socket takes it. A path of a Unix socket and a name that was not resolved are none."""
    if not isinstance(address, tuple):
        return False
    host, port = address[:2]
    try:
        return is_public(host) or (f"[{host}]:{port}" if ":" in host else f"{host}:{port}") in inside
    except ValueError:
        return False


def is_caused_by_guard(exc: BaseException | None) -> bool:
    """Whether a refusal of ``guard_process`` is behind an exception of a library."""
    while exc is not None:
        if isinstance(exc, ForbiddenConnection):
            return True
        exc = exc.__cause__ or exc.__context__
    return False


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
