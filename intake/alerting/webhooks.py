"""Webhooks by standardwebhooks.com: signed messages that hold a reference and no content.

The receiver fetches the request with its own token (alerting/partner_api/views.py). Secrets and tokens are managed in
webhook_admin.py.
"""

import base64
import hmac
import http
import json
import secrets
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from detoxsite.core import ssrf
from detoxsite.core.encryption import symmetric

from ..models import Webhook

TIMEOUT = 5.0  # seconds for one attempt, from the connection to the answer
PREFIX = "whsec_"
LOCKED = "webhook"  # purpose that the secrets are encrypted for


class Rejected(Exception):
    """The receiver answered, but not with 2xx. ``status`` is the HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gone(Rejected):
    """410: the receiver wants no more messages."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signing_secrets(webhook: Webhook) -> list[str]:
    """Return the secrets to sign with, newest first. Raises sealing.Unreadable if this site's key has changed."""
    return symmetric.decrypt(webhook.locked_secrets, LOCKED)["secrets"] if webhook.locked_secrets else []


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
    """Return the body: that a request is waiting, since when, and its reference. There is never more in it."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = {"type": "call.waiting", "timestamp": moment, "data": {"ref": reference}}
    return json.dumps(message, separators=(",", ":")).encode()


def post(url: str, message_id: str, body: bytes, keys: Sequence[str]) -> None:
    """Send a signed message. Raises Rejected, Gone, ssrf.ForbiddenAddress, OSError or HTTPException if not accepted."""
    host, port, path = ssrf.split_url(url)
    signed = headers(message_id, body, keys, int(time.time()))
    connection = ssrf.PinnedConnection(host, port, ssrf.public_addresses(host, port), TIMEOUT)
    deadline = threading.Timer(TIMEOUT, connection.cut)  # also for a receiver that answers byte by byte
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
        raise Rejected(status)
