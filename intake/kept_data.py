"""What is kept about people who ask for help."""

from collections import defaultdict
from datetime import timedelta

from detoxsite.core.kept_data import About, Kept, listed, period

from .alerting import acknowledgement_links, phones
from .models import (
    AccessLogEntry,
    AcknowledgementLink,
    Alert,
    AnswersRevision,
    CallForHelp,
    Consent,
    ContactAttempt,
    ContactPlan,
    Delivery,
    Disclosure,
    ErasureBatch,
    EscalationStep,
    Message,
    Outcome,
    Phone,
    PhoneTest,
    RetentionWarning,
    Shift,
)
from .portal.views import portal_cookie
from .reception import journal
from .reception.views import sent_cookie
from .records import retention

AS_THE_REQUEST = "As long as your request"


def rows() -> list[Kept]:
    return [*_content(), *_records(), *_on_devices(), *_about_staff()]


def _content() -> list[Kept]:
    return [
        Kept(
            "Your request: every answer, what you change later, messages, our notes of calls, and the plan of how to "
            "reach you safely",
            "Database, each value sealed to the center’s public key (HPKE, post-quantum hybrid)",
            "To reach you",
            f"{_retention()}. A manager approves it first; a court can make us keep it longer. You can erase it "
            "yourself at any time",
            About.REQUEST,
            models=(CallForHelp, AnswersRevision, Message, ContactAttempt, ContactPlan),
        ),
        Kept(
            "Your answers and messages once more, locked with your code",
            "Database, encrypted with or sealed to a key made from the return code",
            "So that you can read them on your private page. Without the code no one can open this copy",
            AS_THE_REQUEST,
            About.REQUEST,
        ),
        Kept(
            "A code computed from each phone number and address that you give, and from your answers",
            "Database, keyed digests: useless without `INDEX_KEY`",
            "To find your request when you call, and to notice when the same form comes twice",
            AS_THE_REQUEST,
            About.REQUEST,
        ),
        Kept(
            "A request that you send while our database is down",
            "`DETOX_VAR/calls/spool`, sealed in the same way",
            "So that it is not lost",
            "Seconds, until the database is back",
            About.REQUEST,
        ),
    ]


def _records() -> list[Kept]:
    return [
        Kept(
            "The number of your request, its times, how it came in, how urgent it was, how it ended, and who on our "
            "staff took it",
            "Database, readable",
            "To work through requests in order, and to count them",
            "Not erased. It does not say who you are",
            About.REQUEST,
        ),
        Kept(
            "Which of our staff we alerted to your request, and when",
            "Database, readable",
            "So that someone calls you",
            "Not erased",
            About.REQUEST,
            models=(Alert, Delivery),
        ),
        Kept(
            "The time and number of each request that we said we received, with a code computed from the answers",
            "`DETOX_VAR/calls/acknowledged`",
            "To prove that none was lost",
            period(timedelta(days=journal.RETENTION)),
            About.REQUEST,
        ),
        Kept(
            "Which text you agreed to, when and how, and if you took it back",
            "Database, append-only",
            "The law requires it (42 CFR 2.31)",
            "Not erased",
            About.REQUEST,
            models=(Consent,),
        ),
        Kept(
            "Each time something of your request left this site: what, to whom, why, and by which permission of yours",
            "Database, append-only",
            "The law requires it (42 CFR 2.25)",
            "Not erased",
            About.REQUEST,
            models=(Disclosure,),
        ),
        Kept(
            "Which of our staff have your request open now, or had it open before",
            "Database, append-only",
            "So that two do not call you at once, and to know who saw what",
            "Not erased",
            About.REQUEST,
            models=(AccessLogEntry,),
        ),
    ]


def _on_devices() -> list[Kept]:
    return [
        Kept(
            "Your code",
            "Nowhere: it is made from the form’s key and the answers, and the key is not kept. Its public key is on "
            "the request",
            "To open your private page",
            "We do not keep it. Until your private page is closed, the cookie below has it",
            About.REQUEST,
        ),
        Kept(
            f"A cookie, “{sent_cookie.name}”: your number and your code, encrypted",
            "The person’s device, only below `/help/`",
            "The page after the form shows them to you again. It also tells when you send the same form again",
            f"{period(sent_cookie.max_age)}, or until “Hide this” or “Leave this page quickly”",
            About.REQUEST,
            cookies=(sent_cookie.name,),
        ),
        Kept(
            f"A cookie, “{portal_cookie.name}”: your request and your code, encrypted",
            "The person’s device, only below `/help/own/`",
            "It keeps your private page open",
            f"{period(portal_cookie.max_age)} after you last used the page, or until you close it, erase "
            "your request or leave quickly",
            About.REQUEST,
            cookies=(portal_cookie.name,),
        ),
    ]


def _about_staff() -> list[Kept]:
    return [
        Kept(
            "The on-call schedule, and whom alerts go to",
            "Database, readable",
            "To alert the right people",
            "Until a manager changes it",
            About.STAFF,
            models=(Shift, EscalationStep),
        ),
        Kept(
            "How to ring phones of staff: the URL of a service, with numbers and passwords in it",
            "Database, encrypted with `SECRET_KEY`",
            "To alert those on call",
            "Until the person or a manager removes the phone; its name stays with the alerts that went to it",
            About.STAFF,
            models=(Phone,),
        ),
        Kept(
            "Codes of test messages to phones, and links by which an alert is acknowledged",
            "Database, keyed digests",
            "To prove a phone, and to stop the alerts without signing in",
            f"Codes until the phone is confirmed, and valid for {period(phones.CODE_LIFE)}; links for "
            f"{period(acknowledgement_links.LINK_LIFE)}",
            About.STAFF,
            models=(PhoneTest, AcknowledgementLink),
        ),
        Kept(
            "Erasures of requests: who approved them, how many by outcome; the warnings before them",
            "Database, readable",
            "Proof of erasing",
            "Not erased",
            About.STAFF,
            models=(ErasureBatch, RetentionWarning),
        ),
    ]


def _retention() -> str:
    """The periods of retention.PERIODS: the one of most outcomes, and what differs from it."""
    outcomes = defaultdict(list)
    for outcome in Outcome:
        outcomes[retention.PERIODS[outcome]].append(f"“{outcome.label}”")
    usual = max(outcomes, key=lambda length: len(outcomes[length]))
    others = [f"{period(length)} if it ended as {listed(labels)}" for length, labels in outcomes.items()]
    others = [text for text, length in zip(others, outcomes, strict=True) if length != usual]
    return "; ".join([f"{period(usual)} after we closed it", *others])
