"""Webhook administration: secrets, tokens, enable and disable."""

import hmac
import secrets

from django.db import transaction

from detoxsite.core.encryption import digests, sealing, symmetric
from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from ..models import Webhook
from .webhooks import LOCKED, new_secret, signing_secrets

MAX_SECRETS = 2  # the new one and, while the receiver changes over, the old one


def token_hash(token: str) -> bytes:
    return digests.keyed("webhook token", token, 32)


def find_by_token(token: str) -> Webhook | None:
    """Return the enabled webhook with this token. Compares with every webhook, each in constant time."""
    digest, found = token_hash(token), None
    for webhook in Webhook.objects.filter(is_active=True):
        if hmac.compare_digest(bytes(webhook.token_hash), digest):
            found = webhook
    return found


def set_first_credentials(webhook: Webhook) -> tuple[str, str]:
    """Give a new, unsaved webhook its secret and token, and return both: they cannot be read again."""
    secret, token = new_secret(), secrets.token_urlsafe(32)
    webhook.locked_secrets = symmetric.encrypt({"secrets": [secret]}, LOCKED)
    webhook.token_hash = token_hash(token)
    return secret, token


@transaction.atomic
def add_secret(webhook_id, *, by) -> Webhook:
    """Add a secret beside the newest one. ``new_secret`` on the returned webhook shows it, once."""
    webhook = locked(Webhook.objects, webhook_id)
    webhook.new_secret = new_secret()
    _save_secrets(webhook, [webhook.new_secret, *_readable_secrets(webhook)][:MAX_SECRETS])
    return webhook


@transaction.atomic
def retire_secret(webhook_id, *, by) -> Webhook:
    """Sign with the newest secret alone."""
    webhook = locked(Webhook.objects, webhook_id)
    known = _readable_secrets(webhook)
    if len(known) < MAX_SECRETS:
        raise Refused("There is no old secret.")
    _save_secrets(webhook, known[:1])
    return webhook


@transaction.atomic
def renew_token(webhook_id, *, by) -> Webhook:
    """Replace the token. ``new_token`` on the returned webhook shows it, once."""
    webhook = locked(Webhook.objects, webhook_id)
    webhook.new_token = secrets.token_urlsafe(32)
    webhook.token_hash = token_hash(webhook.new_token)
    webhook.save(update_fields=["token_hash"])
    return webhook


@transaction.atomic
def enable(webhook_id, *, by) -> Webhook:
    webhook = locked(Webhook.objects, webhook_id)
    webhook.is_active, webhook.disabled_why = True, ""
    webhook.save(update_fields=["is_active", "disabled_why"])
    return webhook


@transaction.atomic
def disable(webhook_id, *, by=None, why: str = "") -> Webhook:
    """Send no more messages, and refuse the token."""
    webhook = locked(Webhook.objects, webhook_id)
    webhook.is_active, webhook.disabled_why = False, why or f"By {by}."[:200]
    webhook.save(update_fields=["is_active", "disabled_why"])
    return webhook


def status(webhook: Webhook) -> str:
    """Return "off", "lost" (its secret cannot be read), or how many secrets sign: "one" or "two"."""
    if not webhook.is_active:
        return "off"
    return ("lost", "one", "two")[len(_readable_secrets(webhook))]


def _readable_secrets(webhook: Webhook) -> list[str]:
    try:
        return signing_secrets(webhook)
    except sealing.Unreadable:
        return []


def _save_secrets(webhook: Webhook, known: list[str]) -> None:
    webhook.locked_secrets = symmetric.encrypt({"secrets": known}, LOCKED)
    webhook.save(update_fields=["locked_secrets"])
