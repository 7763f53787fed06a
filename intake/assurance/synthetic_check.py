"""Synthetic check: the software sends itself a request every 15 minutes to prove that the whole path works.

It takes the path of a person: load the page, fill in and post the form, read the reference from the next page, look
for the row and its alert. Then the request is removed. A key signed with INDEX_KEY marks it. After a failure it is sent
again at each look, so that /readyz recovers soon after the fault does.
"""

import hmac
import html
import http.client
import json
import logging
import re
import secrets
import time
from contextlib import closing
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

import pgtrigger
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from detoxsite.core.encryption import digests

from ..models import CallForHelp

INTERVAL = timedelta(minutes=15)
MAX_AGE = timedelta(minutes=35)  # two intervals
KEY_LIFE = 10 * 60  # seconds
TIMEOUT = 10  # seconds for an answer, and for the alert
EPOCH = "1970-01-01T00:00:00+00:00"
_KEY = re.compile(r"synthetic-(\d{10})-(\w{8})-([0-9a-f]{32})")
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_REFERENCE = re.compile(r'class="ref">(\w{8})<')

logger = logging.getLogger(__name__)


def new_key() -> str:
    """Return an idempotency key that only our own processes can recognize as synthetic."""
    return _signed(f"{time.time():.0f}", secrets.token_hex(4))


def is_synthetic_key(key: str) -> bool:
    parts = _KEY.fullmatch(key)
    return bool(parts) and hmac.compare_digest(key, _signed(*parts.groups()[:2])) and _age(parts[1]) < KEY_LIFE


def _signed(moment: str, salt: str) -> str:
    return f"synthetic-{moment}-{salt}-{digests.keyed('synthetic', moment + salt).hex()}"


def _age(moment: str) -> float:
    return abs(time.time() - int(moment))


class Failed(Exception):
    """The path is broken; the message says where."""


def send(origin: str = "") -> str:
    """Send one request from the page to the alert, and remove it. Returns its reference; raises Failed."""
    visitor = _Visitor(origin or settings.SYNTHETIC_ORIGIN)
    fields = dict(_HIDDEN.findall(visitor.ask("GET", reverse("intake:call"), 200)))
    if "csrfmiddlewaretoken" not in fields:
        raise Failed("The page has no form.")
    fields = {name: html.unescape(value) for name, value in fields.items()}
    visitor.ask("POST", reverse("intake:call"), 302, {**fields, "key": new_key(), "phone": "synthetic"})
    shown = _REFERENCE.search(visitor.ask("GET", reverse("intake:sent"), 200))
    if not shown:
        raise Failed("No reference was shown.")
    _wait_for_alert(shown[1])
    return shown[1]


class _Visitor:
    def __init__(self, origin: str) -> None:
        self.origin, self.cookie = urlsplit(origin), ""

    def ask(self, method: str, path: str, wanted: int, fields: dict | None = None) -> str:
        make = http.client.HTTPSConnection if self.origin.scheme == "https" else http.client.HTTPConnection
        headers = {"Host": _host()} | ({"Cookie": self.cookie} if self.cookie else {})
        if settings.SECURE_SSL_REDIRECT and self.origin.scheme == "http":
            headers["X-Forwarded-Proto"] = "https"  # as the web server in front sets it
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            with closing(make(self.origin.hostname, self.origin.port, timeout=TIMEOUT)) as connection:
                connection.request(method, path, urlencode(fields) if fields else None, headers)
                answer = connection.getresponse()
                text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as exc:
            raise Failed(f"{method} {path}: {type(exc).__name__}") from exc
        if answer.status != wanted:
            raise Failed(f"{method} {path}: {answer.status}")
        if cookie := answer.headers.get("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        return text


def _host() -> str:
    """The name of the public site, which is another host where this process serves staff only."""
    return settings.SYNTHETIC_HOST if "public" in settings.SITES else urlsplit(settings.PUBLIC_ORIGIN).netloc


def _wait_for_alert(reference: str) -> None:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        call = CallForHelp.objects.filter(reference=reference, is_synthetic=True).without_sealed().first()
        if call and call.notified_at:
            return _remove(reference=reference)
        time.sleep(0.5)
    raise Failed("It was not stored." if call is None else "Its alert was not sent.")


def _remove(**which) -> None:
    with pgtrigger.ignore("intake.Consent:kept"):
        CallForHelp.objects.filter(is_synthetic=True, **which).delete()


# --- kept for /readyz ------------------------------------------------------------------------------------------------


def _file():
    return settings.VAR / "calls" / "synthetic.json"


def send_if_due(now: datetime | None = None) -> None:
    """Send one if the last is 15 minutes old or failed, and save the result."""
    now = now or timezone.now()
    last = _last()
    if last and not last["problem"] and now - datetime.fromisoformat(last["at"]) < INTERVAL:
        return
    try:
        send()
        problem = ""
    except Failed as exc:
        problem = str(exc)
        logger.error("The synthetic check failed. %s", problem)
        _remove(created_at__lt=now - timedelta(hours=1))
    _file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = _file().with_suffix(".new")
    new.write_text(json.dumps({"at": now.isoformat(), "problem": problem}))
    new.rename(_file())


def _last() -> dict | None:
    """The last result; None before the first."""
    try:
        return json.loads(_file().read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {"at": EPOCH, "problem": "The last result cannot be read."}


def is_well(now: datetime | None = None) -> bool:
    """Whether the last check succeeded recently. True before the first."""
    last = _last()
    if last is None:
        return True
    return not last["problem"] and (now or timezone.now()) - datetime.fromisoformat(last["at"]) < MAX_AGE
