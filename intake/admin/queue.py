"""The queue: who comes first and why, how long they wait, and finding a request again.

Why a request is urgent is said in our words. Nothing that a person wrote is in the list or in any address.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import admin
from django.db.models import Count, F, Max, Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from detoxsite.core.adminkit.model_admin import SafeChangeList
from detoxsite.core.encryption import digests, sealing
from detoxsite.core.safety import risk_signs

from .. import services
from ..models import (
    CallForHelp,
    ContactAttempt,
    Language,
    Message,
    Status,
    Urgency,
)
from ..models.answers import whole
from ..reception import identifiers

ORDER = [F("closed_at").desc(nulls_first=True), "-urgency", "created_at"]
LATE, VERY_LATE = 5, 15  # minutes without anybody at it
STORING = 2  # seconds that storing a request may take, so that none slips through between two looks
SPAM = "Looks like spam"
UNREADABLE = "Cannot be opened with the keys held here"


class Pile(admin.SimpleListFilter):
    title = "which requests"
    parameter_name = "pile"

    def lookups(self, request, model_admin):
        self.is_search = getattr(request, "found", None) is not None
        return [
            ("unclaimed", "Nobody has it"),
            ("wrote", "They wrote, no answer yet"),
            (Status.CALLING, "Somebody is calling"),
            (Status.UNREACHED, "Not reached yet"),
            (Status.REACHED, "Reached, still open"),
            ("spam", SPAM),
            ("closed", "Closed"),
            ("all", "All"),
        ]

    def choices(self, changelist):
        """Also says how many look like spam: they are out of the way, never out of sight."""
        doubtful = CallForHelp.objects.real().open().filter(is_quarantined=True).count()
        first, *rest = super().choices(changelist)
        for pile in rest:
            pile["count"] = doubtful if pile["display"] == SPAM else 0
        return [{**first, "display": "Open", "selected": first["selected"] and not self.is_search}, *rest]

    def queryset(self, request, queryset):
        if getattr(request, "found", None) is not None:
            return queryset.filter(request.found)
        waiting = queryset.filter(is_quarantined=False)
        piles = {
            None: waiting.open(),
            "unclaimed": waiting.unclaimed(),
            "wrote": waiting.open().unanswered(),
            "spam": queryset.open().filter(is_quarantined=True),
            "closed": queryset.filter(status=Status.CLOSED),
            "all": queryset,
        }
        return piles[self.value()] if self.value() in piles else waiting.filter(status=self.value())


def matching(typed: str) -> Q:
    """Requests with this phone number, address or reference: whole, in any writing."""
    return (
        Q(phone_index=identifiers.found_by_phone(typed))
        | Q(email_index=digests.blind_index("email", typed))
        | Q(reference=identifiers.tidied(typed))
    )


@dataclass(frozen=True)
class Clock:
    """How long somebody waits, in words, and how bad that is: "", "late" or "very-late"."""

    since: datetime
    minutes: int
    words: str
    level: str

    @classmethod
    def of(cls, call: CallForHelp, now) -> "Clock":
        minutes = max(0, int((now - call.created_at).total_seconds() // 60))
        level = "very-late" if minutes >= VERY_LATE else "late" if minutes >= LATE else ""
        return cls(call.created_at, minutes, duration(minutes), level if is_nobodys(call, now) else "")


def duration(minutes: int) -> str:
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    days, left = divmod(hours, 24)
    return f"{hours} h {minutes:02} min" if hours < 24 else f"{days} d {left} h"


def is_nobodys(call: CallForHelp, now=None) -> bool:
    return call.status == Status.NEW or (call.status == Status.CALLING and not call.is_held(now))


def stands(call: CallForHelp) -> str:
    """Where it stands, in words; who has it, or who closed it."""
    if call.erased_at:
        return f"Erased. {call.get_outcome_display()}"
    if call.closed_at:
        return f"Closed: {call.get_outcome_display()}"
    if call.is_held():
        return f"{call.claimed_by} is calling"
    lapsed = call.status == Status.CALLING
    return "Somebody was calling; nobody is now" if lapsed else call.get_status_display()


@dataclass(frozen=True)
class Row:
    call: CallForHelp
    how_soon: str
    why: list[str]
    language: str
    clock: Clock
    stands: str
    attempts: int
    linked: int
    unanswered: int  # messages of the person that nothing of ours has followed
    enough: int = services.ATTEMPTS


def rows(calls: list[CallForHelp]) -> list[Row]:
    """What the list shows of each request. Five queries, however many there are."""
    now = timezone.now()
    theirs = Message.objects.filter(is_from_person=True).defer("sealed_for_author")
    prefetch_related_objects(calls, "later", Prefetch("messages", theirs))
    attempts = dict(
        ContactAttempt.objects.order_by().filter(call__in=calls).values_list("call").annotate(count=Count("pk"))
    )
    news = Message.objects.unanswered().order_by().filter(call__in=calls)
    unanswered = dict(news.values_list("call").annotate(count=Count("pk")))
    linked = _linked(calls)
    made = []
    for call in calls:
        reasons, language = told(call)
        how_soon, why = headed(call, reasons)
        clock = Clock.of(call, now)
        counts = attempts.get(call.pk, 0), linked[call.pk], unanswered.get(call.pk, 0)
        made.append(Row(call, how_soon, why, language, clock, stands(call), *counts))
    return made


def headed(call: CallForHelp, reasons: list[str]) -> tuple[str, list[str]]:
    """How soon somebody has to call, in a line that names the dangers, and the other reasons."""
    if reasons and reasons[0].startswith(risk_signs.DANGER_NOW):
        return reasons[0], reasons[1:]
    return call.get_urgency_display() if call.urgency else "", reasons


def told(call: CallForHelp) -> tuple[list[str], str]:
    """Why it is urgent, and the language if it is not English. Opens what is sealed, and keeps none of it."""
    if call.erased_at:
        return [], ""
    try:
        answers, signs = call.current(), call.signs()
    except sealing.Unreadable:
        return [UNREADABLE], ""
    code = whole(answers)["language"]
    return risk_signs.urgency_reasons(answers, signs), "" if code == Language.EN else Language(code).for_staff


def _linked(calls) -> Counter:
    """For each request how many others have the same phone number or address."""
    names = ("phone_index", "email_index")
    wanted = {name: {bytes(getattr(call, name)) for call in calls if getattr(call, name)} for name in names}
    same = Q(phone_index__in=wanted["phone_index"]) | Q(email_index__in=wanted["email_index"])
    kin = CallForHelp.objects.real().filter(same).values_list("pk", *names) if any(wanted.values()) else []
    by_index: dict[tuple, set] = {}
    for key, *indexes in kin:
        for name, index in zip(names, indexes, strict=True):
            if index:
                by_index.setdefault((name, bytes(index)), set()).add(key)
    found = Counter()
    for call in calls:
        own = [(name, bytes(getattr(call, name))) for name in names if getattr(call, name)]
        found[call.pk] = len(set().union(*(by_index.get(index, set()) for index in own)) - {call.pk})
    return found


def news(since: float) -> dict[str, int]:
    """How many requests that nobody has came since that moment, and how urgent the worst of them is."""
    moment = datetime.fromtimestamp(since, UTC)
    calls = CallForHelp.objects.real().unclaimed().filter(is_quarantined=False).come_since(moment)
    return calls.aggregate(
        count=Count("pk"), danger=Count("pk", filter=Q(urgency=Urgency.DANGER)), urgency=Max("urgency", default=0)
    )


class Queue(SafeChangeList):
    def get_results(self, request):
        self.read_at = f"{timezone.now().timestamp() - STORING:.3f}"
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.rows = rows(self.result_list)
        self.piles = [pile for spec in self.filter_specs for pile in spec.choices(self)]
