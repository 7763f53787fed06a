"""Sends one message through Apprise, in a process of its own: ``python -m detoxsite.core.push.process < message``.

The message is JSON: ``urls``, ``title``, ``body``, ``is_guarded`` (whether staff gave the URLs: then HTTPS to the
public internet only, without redirects) and ``inside`` (addresses in a network that are allowed all the same). It is
read from standard input: Apprise's URLs hold secrets, which do not belong into arguments or the environment. Its
plugins take memory that no process of the site should keep. Writes one line of JSON: for each URL "" where its service
took the message, or the name of a failure (sender.py) and the status code. Without ``body``, URLs are only parsed.
"""

import json
import logging
import os
import sys
from collections.abc import Set
from urllib.parse import urlsplit

import requests
from apprise import Apprise, AppriseAsset, PersistentStoreMode

from detoxsite.core import ssrf

BUSY_STATUSES = {408, 429}  # the same message may be taken later


class Wire:
    """Watches the HTTP requests of Apprise's plugins, which say of a failure no more than that it was one."""

    def __init__(self, *, is_guarded: bool, inside: Set[str]) -> None:
        self.is_guarded, self.inside, self.seen = is_guarded, inside, ""
        self._send = requests.Session.send

    def install(self) -> None:
        def send(session, request, **options):
            return self.send(session, request, **options)

        requests.Session.send = send
        if self.is_guarded:
            ssrf.guard_process(self.inside)

    def send(self, session, request, **options):
        self.seen = "ServiceUnreachable"
        if self.is_guarded:
            options["allow_redirects"], options["verify"] = False, True
            if not self._is_encrypted(request.url):
                self.seen = "AddressForbidden"
                raise requests.ConnectionError
        try:
            response = self._send(session, request, **options)
        except requests.RequestException as exc:
            if ssrf.is_caused_by_guard(exc):
                self.seen = "AddressForbidden"
            raise
        self.seen = _failure(response.status_code)
        return response

    def _is_encrypted(self, url: str) -> bool:
        split = urlsplit(url)
        return split.scheme == "https" or split.netloc.rpartition("@")[2] in self.inside


def _failure(status: int) -> str:
    """What to call it if the plugin does not like the answer: some say 200 and an error in the text."""
    kind = "ServiceFailed" if status >= 500 or status in BUSY_STATUSES else "ServiceRefused"
    return f"{kind} {status}"


def outcomes(urls: list[str], title: str, body: str, *, is_guarded: bool, inside: list[str]) -> list[str]:
    """Send the message to each URL."""
    wire = Wire(is_guarded=is_guarded, inside=frozenset(inside))
    wire.install()
    return [_outcome(Apprise(asset=_asset()), url, title, body, wire) for url in urls]


def _asset() -> AppriseAsset:
    """What Apprise adds to a message by itself: a name that says nothing, and no icon, which phones would fetch."""
    name = {"app_id": "Alerts", "app_desc": "Alerts", "app_url": ""}
    return AppriseAsset(image_url_mask="", image_url_logo="", storage_mode=PersistentStoreMode.MEMORY, **name)


def _outcome(channel: Apprise, url: str, title: str, body: str, wire: Wire) -> str:
    wire.seen = ""
    service = Apprise.instantiate(url, asset=channel.asset, suppress_exceptions=True)  # ``add`` takes several in one
    if service is None or not channel.add(service):
        return "AddressNotUnderstood"
    if not body or channel.notify(title=title, body=body):
        return ""
    return wire.seen or "ServiceUnreachable"  # a plugin that speaks another protocol


if __name__ == "__main__":
    os.nice(5)  # people who ask for help come first
    logging.disable()  # what Apprise logs may quote a URL
    sys.stdout.write(f"{json.dumps(outcomes(**json.load(sys.stdin)))}\n")
