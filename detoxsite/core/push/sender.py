"""Starts the process that sends a message (process.py), and says how it went, without a word of the message."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from django.conf import settings

PASSED_ON = {"PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"}
PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"}
"""Variables that the process gets: none of the site's own, which hold keys. Staff's URLs never go through a proxy,
which would connect to addresses that the guard cannot see."""


class PushFailed(Exception):
    """No service took the message. ``status``: the HTTP status, if there was one."""

    is_final = False  # whether trying again is pointless before someone has changed something

    def __init__(self, status: str = "") -> None:
        super().__init__(status)
        self.status = status


class ServiceUnreachable(PushFailed):
    """No connection, or no answer in time."""


class ServiceFailed(PushFailed):
    """It answered that it cannot now."""


class ServiceRefused(PushFailed):
    """It answered that it does not want this: a wrong password, number or topic, an account without money."""

    is_final = True


class AddressForbidden(PushFailed):
    """The URL leads into a network, or is not encrypted."""

    is_final = True


class AddressNotUnderstood(PushFailed):
    """Apprise knows no such URL."""

    is_final = True


_FAILURES = {
    kind.__name__: kind
    for kind in (ServiceUnreachable, ServiceFailed, ServiceRefused, AddressForbidden, AddressNotUnderstood)
}


def send(url: str, title: str, body: str, *, timeout: float) -> None:
    """Send a message to a URL that staff gave. Raises PushFailed."""
    _raise(_run([url], title, body, is_guarded=True, timeout=timeout))


def check(url: str, *, timeout: float) -> None:
    """Whether Apprise understands a URL; nothing is sent. Raises AddressNotUnderstood."""
    _raise(_run([url], "", "", is_guarded=True, timeout=timeout))


def send_to_all(urls: Sequence[str], title: str, body: str, *, timeout: float) -> int:
    """Send a message to URLs that the operator gave. Returns how many services took it."""
    return _run(urls, title, body, is_guarded=False, timeout=timeout).count("")


def _raise(outcomes: list[str]) -> None:
    name, _, status = outcomes[0].partition(" ")
    if name:
        raise _FAILURES[name](status)


def _run(urls: Sequence[str], title: str, body: str, *, is_guarded: bool, timeout: float) -> list[str]:
    """Nothing that Apprise says is logged: it may quote a URL, which holds a secret."""
    message = {"urls": list(urls), "title": title, "body": body, "is_guarded": is_guarded}
    message["inside"] = settings.PUSH_SERVICES_INSIDE
    command = [sys.executable, "-m", "detoxsite.core.push.process"]
    passed_on = PASSED_ON if is_guarded else PASSED_ON | PROXIES
    environment = {name: value for name, value in os.environ.items() if name in passed_on}
    options = {"capture_output": True, "text": True, "timeout": timeout, "cwd": settings.BASE_DIR, "env": environment}
    try:
        done = subprocess.run(command, input=json.dumps(message), **options)
        outcomes = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else []
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError):
        outcomes = []
    return outcomes or ["ServiceUnreachable"] * len(urls)
