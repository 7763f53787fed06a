"""The operator's channel, apart from the staff's: email addresses, and whatever Apprise reaches (SMS, push, chat)."""

import logging
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMessage

from detoxsite.core import push

PUSH_TIMEOUT = 60.0  # seconds for all services together

logger = logging.getLogger(__name__)


def send(subject: str, body: str) -> bool:
    """Send a message to all of OPERATOR_ALERTS. Returns whether at least one place took it; logs the others."""
    addresses = [target for target in settings.OPERATOR_ALERTS if "://" not in target]
    urls = [target for target in settings.OPERATOR_ALERTS if "://" in target]
    is_sent = [_email(subject, body, addresses)] if addresses else []
    is_sent += [_push(subject, body, urls)] if urls else []
    return any(is_sent)


def _email(subject: str, body: str, addresses: list[str]) -> bool:
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": make_msgid(domain="detoxsite.invalid")}
    try:
        return bool(EmailMessage(subject, body, to=addresses, headers=headers).send())
    except OSError as exc:  # smtplib's exceptions too
        logger.error("The operator could not be emailed: %s", type(exc).__name__)
        return False


def _push(subject: str, body: str, urls: list[str]) -> bool:
    taken = push.send_to_all(urls, subject, body, timeout=PUSH_TIMEOUT)
    if taken < len(urls):
        logger.error("%s of %s services in OPERATOR_ALERTS took no message", len(urls) - taken, len(urls))
    return taken > 0
