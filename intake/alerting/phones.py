"""Phones of staff: which services ring them, their encrypted URLs, the test that proves one, removing one."""

import hmac
import re
from datetime import timedelta
from urllib.parse import quote

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from detoxsite.core import push
from detoxsite.core.encryption import digests, symmetric
from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from ..models import Phone, PhoneTest

LOCKED = "phone"  # purpose that the URLs are encrypted for
CHECK_TIMEOUT = 20.0  # seconds
CODE_LIFE = timedelta(minutes=30)
MAX_GUESSES = 5  # of a code with six digits
_SEVERAL = re.compile(r"[\s,;]+[a-z0-9]+://", re.IGNORECASE)
MAX_TESTS = 5  # an hour, so that nobody's phone is flooded

# Schemes of Apprise's URLs (https://appriseit.com/services/): services by HTTPS that reach one person's phone
SERVICES = {
    Phone.Kind.PUSH: (
        *("ntfy", "ntfys", "pover", "gotify", "gotifys", "prowl", "simplepush", "spush", "join", "pbul", "psafers"),
        *("bark", "barks", "threema", "signal", "signals", "tgram", "json", "jsons"),
    ),
    Phone.Kind.SMS: (
        *("twilio", "vonage", "nexmo", "plivo", "clicksend", "sinch", "telnyx", "bulksms", "httpsms", "voipms"),
        *("bulkvs", "msgbird", "46elks", "elks", "sns", "seven", "d7sms", "smseagles"),
    ),
    Phone.Kind.VOICE: ("twilio",),
}


def scheme(url: str) -> str:
    return url.partition("://")[0].lower()


def check_url(url: str, kind: str) -> None:
    """Raises Refused with words for the person who typed it. Nothing is sent."""
    if "://" not in url:
        raise Refused("This is not the URL of a service, such as ntfys://ntfy.sh/topic", field="url")
    if url.count("://") > 1 and _SEVERAL.search(url):
        raise Refused("Enter one URL only.", field="url")
    if scheme(url) not in SERVICES[kind]:
        known = ", ".join(SERVICES[kind])
        raise Refused(f"{scheme(url)}:// is not known here as {Phone.Kind(kind).label}. Known: {known}.", field="url")
    try:
        push.check(url, timeout=CHECK_TIMEOUT)
    except push.AddressNotUnderstood:
        raise Refused(
            "The URL is incomplete, or something in it is not as the service wants it.", field="url"
        ) from None
    except push.PushFailed:
        raise Refused("The URL could not be checked. Try again.", field="url") from None


def set_url(phone: Phone, url: str) -> None:
    """Give an unsaved phone its URL; it has to be proved again."""
    phone.locked_url = symmetric.encrypt({"url": url}, LOCKED)
    phone.confirmed_at = phone.failing_since = None
    phone.problem = ""


def url_of(phone: Phone, **more: str) -> str:
    """The URL, with ``more`` parameters. Raises sealing.Unreadable if this site's key has changed."""
    url = symmetric.decrypt(phone.locked_url, LOCKED)["url"]
    for name, value in more.items():
        url += f"{'&' if '?' in url else '?'}{name}={quote(value, safe='')}"
    return url


def status(phone: Phone) -> str:
    if phone.removed_at:
        return "removed"
    return "confirmed" if phone.confirmed_at else "new"


@transaction.atomic
def send_test(phone_id, *, by) -> Phone:
    """Send a message with a code, in the place of earlier ones."""
    phone = locked(Phone.objects.in_use(), phone_id)
    tests = PhoneTest.objects.filter(phone__person=phone.person_id, asked_at__gt=timezone.now() - timedelta(hours=1))
    if tests.count() >= MAX_TESTS:
        raise Refused(f"{MAX_TESTS} test messages were sent within an hour. Wait a little.")
    phone.tests.exclude(state=PhoneTest.State.SENT).update(state=PhoneTest.State.DROPPED)
    PhoneTest.objects.create(phone=phone)
    return phone


@transaction.atomic
def confirm(phone_id, *, by, code: str) -> Phone:
    """Alert this phone from now on: the code of the newest test message came through."""
    phone = locked(Phone.objects.in_use(), phone_id)
    newest = phone.tests.order_by("asked_at").last()
    if newest is None or newest.guesses >= MAX_GUESSES or newest.asked_at < timezone.now() - CODE_LIFE:
        raise Refused("This code is no longer valid. Send another test message.", field="code")
    if not hmac.compare_digest(bytes(newest.code_hash), code_hash(newest, "".join(code.split()))):
        raise WrongCode(newest)
    phone.confirmed_at = timezone.now()
    phone.save(update_fields=["confirmed_at"])
    _end_tests(phone)
    return phone


class WrongCode(Refused):
    """A guess. It counts, although a refusal takes back everything else (``count_guess``)."""

    def __init__(self, test: PhoneTest) -> None:
        super().__init__("This is not the code of the newest test message.", field="code")
        self.test = test


def count_guess(test: PhoneTest) -> None:
    PhoneTest.objects.filter(pk=test.pk).update(guesses=F("guesses") + 1)


def code_hash(test: PhoneTest, code: str) -> bytes:
    return digests.keyed("phone test", f"{test.pk} {code}", 32)


@transaction.atomic
def remove(phone_id, *, by) -> Phone:
    """Ring it no more, and forget its URL."""
    phone = locked(Phone.objects.in_use(), phone_id)
    phone.locked_url, phone.removed_at = "", timezone.now()
    phone.failing_since, phone.problem = None, ""
    phone.save()
    _end_tests(phone)
    return phone


def _end_tests(phone: Phone) -> None:
    """The rows stay for an hour's limit, so that a phone added again and again is not flooded either."""
    phone.tests.exclude(state=PhoneTest.State.SENT).update(state=PhoneTest.State.DROPPED)
    phone.tests.update(code_hash=b"", guesses=MAX_GUESSES)
    phone.tests.filter(asked_at__lt=timezone.now() - timedelta(hours=1)).delete()
