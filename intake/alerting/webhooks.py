"""Webhooks as standardwebhooks.com has them: signed, thin, and never to an address inside a network.

The body holds a reference. The receiver fetches the rest with a token of its own (alerting/partner_api/views.py).
"""

import base64
import contextlib
import hmac
import http.client
import ipaddress
import json
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.db import transaction

from detoxsite.core.encryption import digests, sealing, symmetric
from detoxsite.core.exceptions import Refused

from ..models import Webhook

TIMEOUT = 5.0  # seconds for one attempt, from the connection to the answer
MAX_ADDRESSES = 3  # of one name that are tried
PREFIX = "whsec_"
LOCKED = "webhook"  # what the secrets are locked for
MAX_SECRETS = 2  # the new one and, while the other side changes over, the old one

resolve, dial, trust = socket.getaddrinfo, socket.create_connection, ssl.create_default_context  # the way out


class Forbidden(Exception):
    """Not an address that may be written to. Says why, for whoever typed it."""


class NotTaken(Exception):
    """The other side answered, but not with yes. ``status`` is the HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gone(NotTaken):
    """410: the other side wants no more."""


# --- signing ---------------------------------------------------------------------------------------------------------


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(message_id: str, body: bytes, keys: Sequence[str], timestamp: int) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Webhook",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, message_id, timestamp, body) for key in keys),
    }


def payload(reference: str, at: datetime) -> bytes:
    """All that is ever told: that a request waits, since when, and its reference."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told = {"type": "call.waiting", "timestamp": moment, "data": {"ref": reference}}
    return json.dumps(told, separators=(",", ":")).encode()


# --- the way there ---------------------------------------------------------------------------------------------------


def is_public(address: str) -> bool:
    """Whether this IP address is one of the internet at large, also when it is wrapped into another kind."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6 and (ip not in _ROUTED or ip.sixtofour or ip.teredo):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


_ROUTED = ipaddress.ip_network("2000::/3")  # all of IPv6 that is given out; mapped and translated IPv4 is elsewhere


def parts(url: str) -> tuple[str, int, str]:
    """Host, port and path of an address that may be written to. Raises Forbidden."""
    try:
        split = urlsplit(url)
        host, port = split.hostname or "", split.port or 443
    except ValueError as exc:
        raise Forbidden("This is not an address.") from exc
    if split.scheme != "https":
        raise Forbidden("The address has to begin with https://")
    if not host or split.username is not None or split.password is not None:
        raise Forbidden("The address needs a host, and no name or password.")
    if not _may_be_public(host):
        raise Forbidden("This address is not on the public internet.")
    return host, port, (split.path or "/") + (f"?{split.query}" if split.query else "")


def _may_be_public(host: str) -> bool:
    """What can be told without asking what a name stands for."""
    try:
        return is_public(host)
    except ValueError:  # a name
        return not f".{host.rstrip('.')}".endswith((".localhost", ".local", ".internal"))


def addresses(host: str, port: int) -> list[str]:
    """What the name stands for. Raises Forbidden if any of it is not public: one that is does not excuse the others."""
    found = list(dict.fromkeys(info[4][0] for info in resolve(host, port, type=socket.SOCK_STREAM)))
    if not found or not all(is_public(address) for address in found):
        raise Forbidden("This name leads to an address that is not on the public internet.")
    return found


class _Pinned(http.client.HTTPSConnection):
    """Goes to the very addresses that were looked at, whatever the name means a moment later. Follows nothing."""

    def __init__(self, host: str, port: int, found: Sequence[str]) -> None:
        self.trust, self.found, self.is_over = trust(), found[:MAX_ADDRESSES], False
        super().__init__(host, port, timeout=TIMEOUT, context=self.trust)

    def connect(self) -> None:
        self.sock = self.trust.wrap_socket(self._reach(), server_hostname=self.host, do_handshake_on_connect=False)
        if self.is_over:
            raise TimeoutError
        self.sock.settimeout(TIMEOUT)
        self.sock.do_handshake()

    def _reach(self) -> socket.socket:
        """A connection to the first of the addresses that answers."""
        for address in self.found:
            try:
                return dial((address, self.port), TIMEOUT / len(self.found))
            except OSError as exc:
                last = exc
        raise last

    def cut(self) -> None:
        """End it from another thread: whoever reads is told that there is no more."""
        self.is_over = True
        with contextlib.suppress(OSError, TypeError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def post(url: str, message_id: str, body: bytes, keys: Sequence[str]) -> None:
    """Send a signed message. Returns if it was taken; raises NotTaken, Gone, Forbidden, OSError or HTTPException."""
    host, port, path = parts(url)
    signed = headers(message_id, body, keys, int(time.time()))
    connection = _Pinned(host, port, addresses(host, port))
    deadline = threading.Timer(TIMEOUT, connection.cut)  # also for one who answers a letter at a time
    deadline.daemon = True
    deadline.start()
    try:
        connection.request("POST", path, body=body, headers=signed)
        status = connection.getresponse().status
    finally:
        deadline.cancel()
        connection.close()
    if status == http.HTTPStatus.GONE:
        raise Gone(status)
    if not 200 <= status < 300:
        raise NotTaken(status)


# --- secrets and tokens ----------------------------------------------------------------------------------------------


def secrets_of(webhook: Webhook) -> list[str]:
    """What to sign with, newest first. Raises sealing.Unreadable where this site's key has changed."""
    return symmetric.decrypt(webhook.locked_secrets, LOCKED)["secrets"] if webhook.locked_secrets else []


def token_hash(token: str) -> bytes:
    return digests.keyed("webhook token", token, 32)


def holder(token: str) -> Webhook | None:
    """The webhook in use that has this token. Every one is compared, each in constant time."""
    given, found = token_hash(token), None
    for webhook in Webhook.objects.filter(is_active=True):
        if hmac.compare_digest(bytes(webhook.token_hash), given):
            found = webhook
    return found


def begin(webhook: Webhook) -> tuple[str, str]:
    """Give a new webhook, not saved yet, its first secret and token, and return them: nobody can read them again."""
    secret, token = new_secret(), secrets.token_urlsafe(32)
    webhook.locked_secrets = symmetric.encrypt({"secrets": [secret]}, LOCKED)
    webhook.token_hash = token_hash(token)
    return secret, token


@transaction.atomic
def add_secret(webhook_id, *, by) -> Webhook:
    """A new secret beside the newest one there was. ``new_secret`` on what is returned shows it, once."""
    webhook = _locked_row(webhook_id)
    webhook.new_secret = new_secret()
    _keep(webhook, [webhook.new_secret, *_known(webhook)][:MAX_SECRETS])
    return webhook


@transaction.atomic
def retire_secret(webhook_id, *, by) -> Webhook:
    """Sign with the newest secret alone."""
    webhook = _locked_row(webhook_id)
    known = _known(webhook)
    if len(known) < MAX_SECRETS:
        raise Refused("There is no old secret.")
    _keep(webhook, known[:1])
    return webhook


@transaction.atomic
def renew_token(webhook_id, *, by) -> Webhook:
    """A new token; the one before opens nothing any more. ``new_token`` on what is returned shows it, once."""
    webhook = _locked_row(webhook_id)
    webhook.new_token = secrets.token_urlsafe(32)
    webhook.token_hash = token_hash(webhook.new_token)
    webhook.save(update_fields=["token_hash"])
    return webhook


@transaction.atomic
def switch_on(webhook_id, *, by) -> Webhook:
    webhook = _locked_row(webhook_id)
    webhook.is_active, webhook.disabled_why = True, ""
    webhook.save(update_fields=["is_active", "disabled_why"])
    return webhook


@transaction.atomic
def switch_off(webhook_id, *, by=None, why: str = "") -> Webhook:
    """It is told nothing any more, and its token opens nothing."""
    webhook = _locked_row(webhook_id)
    webhook.is_active, webhook.disabled_why = False, why or f"By {by}."[:200]
    webhook.save(update_fields=["is_active", "disabled_why"])
    return webhook


def standing(webhook: Webhook) -> str:
    """ "off", "lost" (its secret cannot be read), or how many secrets sign: "one" or "two"."""
    if not webhook.is_active:
        return "off"
    return ("lost", "one", "two")[len(_known(webhook))]


def _known(webhook: Webhook) -> list[str]:
    try:
        return secrets_of(webhook)
    except sealing.Unreadable:
        return []


def _locked_row(webhook_id) -> Webhook:
    return Webhook.objects.select_for_update().get(pk=webhook_id)


def _keep(webhook: Webhook, known: list[str]) -> None:
    webhook.locked_secrets = symmetric.encrypt({"secrets": known}, LOCKED)
    webhook.save(update_fields=["locked_secrets"])
