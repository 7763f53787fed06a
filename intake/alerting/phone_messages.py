"""Messages to phones: their words, how each kind of phone acknowledges, and what is noted about a phone afterward.

By a link to a page with a button; by the button of an ntfy message; by the key 1 in a phone call. What each of them
does is services.acknowledge.
"""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from django.db.models.functions import Coalesce, Now

from detoxsite.core import push
from detoxsite.core.encryption import sealing
from detoxsite.core.outbox import Dispatcher, NoLongerNeeded, describe

from ..models import Delivery, Phone, PhoneTest
from . import acknowledgement_links, phones, quiet_hours, words

TIMEOUT = 30.0  # seconds for one message, with the start of its process on a busy machine
LEASE = timedelta(seconds=45)  # longer than that of other deliveries, so that no second worker rings meanwhile
KEY = "1"  # that acknowledges in a phone call
QUIET = "Quiet hours"

Send = Callable[[], None]


def compose(delivery: Delivery, now: datetime) -> Send:
    """What sends the message. Raises NoLongerNeeded, in quiet hours too, or sealing.Unreadable."""
    phone = delivery.phone
    if phone.removed_at:
        raise NoLongerNeeded("The phone was removed")
    if not delivery.breaks_quiet_hours and not quiet_hours.is_on_duty(delivery.to_id, now):
        raise NoLongerNeeded(QUIET)
    Delivery.objects.filter(pk=delivery.pk).update(next_try_at=now + LEASE)
    subject, link = words.subject(delivery), acknowledgement_links.new_link(delivery, now)
    if phone.kind == Phone.Kind.VOICE:
        return _send(phone, subject, _call(_spoken(subject), link))
    return _send(phone, subject, link, **_button(phone, link))


def _send(phone: Phone, title: str, body: str, **parameters: str) -> Send:
    if phone.kind == Phone.Kind.VOICE:
        parameters["method"] = "call"
    return partial(push.send, phones.url_of(phone, **parameters), title, body, timeout=TIMEOUT)


def _button(phone: Phone, link: str) -> dict[str, str]:
    """ntfy alone lets a message carry a button that sends a POST, without opening the page."""
    if not phones.scheme(phones.url_of(phone)).startswith("ntfy"):
        return {}
    return {"click": link, "actions": f"http, I am calling, {link}, method=POST, clear=true"}


# --- phone calls (TwiML: https://www.twilio.com/docs/voice/twiml) -----------------------------------------------------


def _spoken(subject: str) -> str:
    """The reference letter by letter."""
    text, _, reference = subject.rpartition(": ")
    return f"{text}. Reference: {', '.join(reference)}."


def _call(text: str, link: str) -> str:
    text = escape(f"{text} If you are calling them, press {KEY}.")
    gather = f'<Gather numDigits="1" timeout="20" method="POST" action={quoteattr(link)}>'
    return f'<Response>{gather}<Say loop="2">{text}</Say></Gather>{_say("No key was pressed.")}</Response>'


def _say(text: str) -> str:
    return f"<Say>{escape(text)}</Say>"


def answer_to_key(text: str) -> str:
    """What a phone call says after a key was pressed, as TwiML."""
    return f"<Response>{_say(text)}</Response>"


# --- tests ------------------------------------------------------------------------------------------------------------


class PhoneTestDispatcher(Dispatcher):
    """Sends a code to a phone that someone added, so that they can prove that it came through."""

    model = PhoneTest
    label = "A test message to a phone"
    threads = 2
    timeout = 2.0  # the next look is soon
    backoff = [timedelta(seconds=seconds) for seconds in (5, 30)]
    max_tries = 3

    def with_related(self, messages):
        return messages.select_related("phone")

    def compose(self, message: PhoneTest, now: datetime) -> Send:
        if message.phone.removed_at or message.asked_at < now - phones.CODE_LIFE:
            raise NoLongerNeeded
        code = f"{secrets.randbelow(10**6):06}"
        PhoneTest.objects.filter(pk=message.pk).update(code_hash=phones.code_hash(message, code))
        title, text = "Test of your phone", f"Your code is {' '.join(code)}"
        if message.phone.kind == Phone.Kind.VOICE:
            text = f"<Response>{_say(f'{title}. {text}. ' * 3)}</Response>"
        return _send(message.phone, title, text)

    def is_final(self, exc: BaseException) -> bool:
        return is_final(exc)

    def on_sent(self, messages: list[PhoneTest], now: datetime) -> None:
        note_success([message.phone_id for message in messages])

    def on_failed(self, message: PhoneTest, exc: BaseException) -> None:
        note_failure(message.phone_id, exc)


phone_tests = PhoneTestDispatcher()


# --- what is known of a phone -----------------------------------------------------------------------------------------


def is_final(exc: BaseException) -> bool:
    """Whether someone has to change something about the phone before trying again can help."""
    return isinstance(exc, sealing.Unreadable) or getattr(exc, "is_final", False)


def note_success(phone_ids: Iterable) -> None:
    if ids := {pk for pk in phone_ids if pk}:
        Phone.objects.filter(pk__in=ids).exclude(failing_since=None).update(failing_since=None, problem="")


def note_failure(phone_id, exc: BaseException) -> None:
    failing = Phone.objects.in_use().filter(pk=phone_id)
    failing.update(failing_since=Coalesce("failing_since", Now()), problem=describe(exc))
