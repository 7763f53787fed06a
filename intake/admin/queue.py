"""The rows of the queue: reasons for urgency, waiting time, search. Their order is in queue_sections.py.

Reasons are in our own words. Nothing a person wrote is in the list or in any address, but for one thing: the name they
want to be called by, in the rows of whoever took their request.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.contrib import admin
from django.db.models import Count, Max, Prefetch, Q, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from detoxsite.core.encryption import sealing
from detoxsite.core.kept_queries import Figure, KeptFigures
from detoxsite.core.plain_text import as_seen
from detoxsite.core.safety import risk_signs

from .. import services
from ..casework.queues import in_queue
from ..models import (
    CallForHelp,
    ContactPlan,
    Language,
    Message,
    Status,
    Urgency,
)
from ..models.answers import with_defaults
from ..reception import identifiers
from .clinical import CLINICAL
from .forms import SearchForm
from .may_call import MayCall, claim_text, may_call

LATE, VERY_LATE = 5, 15  # minutes without a claim
MINE = "mine"
SPAM_LABEL = "Looks like spam"
UNREADABLE = "Cannot be decrypted with the keys on this server"

_figures = KeptFigures({"spam": Figure(lambda: in_queue("spam"))})


class QueueFilter(admin.SimpleListFilter):
    title = "which requests"
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        form = SearchForm(request.POST) if request.method == "POST" else None
        self.search = search_filter(form.cleaned_data["typed"]) if form and form.is_valid() else None
        return [
            ("unclaimed", "Unclaimed"),
            (MINE, "Taken by you"),
            ("danger", "In danger, unclaimed"),
            ("unalerted", "No one alerted"),
            ("wrote", "New message, no answer"),
            (Status.CALLING, "Claimed"),
            (Status.UNREACHED, "Not reached yet"),
            (Status.REACHED, "Reached, still open"),
            ("spam", SPAM_LABEL),
            ("closed", "Closed"),
            ("all", "All"),
            ("samples", "Samples"),
        ]

    def choices(self, changelist):
        """Show the number of suspected spam too: it is out of the way, never out of sight."""
        spam_count = _figures.read(["spam"])["spam"].count
        first, *rest = super().choices(changelist)
        for choice in rest:
            choice["count"] = spam_count if choice["display"] == SPAM_LABEL else 0
        return [{**first, "display": "Open", "selected": first["selected"] and self.search is None}, *rest]

    def queryset(self, request, queryset):
        if self.search is not None:
            return queryset.filter(self.search)
        if self.value() == MINE:
            return queryset.taken_by(request.user)
        return in_queue(self.value(), queryset)


def search_filter(typed: str) -> Q:
    """Match requests that give or gave this phone number or address, or have this reference, in any notation."""
    digests = identifiers.search_digests(typed)
    return Q(contact_digests__overlap=digests) | Q(reference=identifiers.normalize_code(as_seen(typed)))


@dataclass(frozen=True)
class WaitingTime:
    """How long a request has waited. ``level`` is "", "late" or "very-late"."""

    since: datetime
    minutes: int
    text: str
    level: str

    @classmethod
    def of(cls, call: CallForHelp, now) -> "WaitingTime":
        minutes = max(0, int((now - call.created_at).total_seconds() // 60))
        level = "very-late" if minutes >= VERY_LATE else "late" if minutes >= LATE else ""
        return cls(call.created_at, minutes, duration(minutes), level if is_unclaimed(call, now) else "")


def duration(minutes: int) -> str:
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    days, left = divmod(hours, 24)
    return f"{hours} h {minutes:02} min" if hours < 24 else f"{days} d {left} h"


def is_unclaimed(call: CallForHelp, now=None) -> bool:
    return call.status == Status.NEW or (call.status == Status.CALLING and not call.is_claimed(now))


def status_text(call: CallForHelp, answers: dict | None = None) -> str:
    """The status in words, with the colleague who claimed it. ``answers``: see claim_text."""
    if call.erased_at:
        return f"Erased. {call.get_outcome_display()}"
    if call.closed_at:
        return f"Closed: {call.get_outcome_display()}"
    if call.is_claimed():
        return claim_text(call, answers)
    lapsed = call.status == Status.CALLING
    return "The claim has timed out" if lapsed else call.get_status_display()


@dataclass(frozen=True)
class Row:
    call: CallForHelp
    url: str
    how_soon: str
    why: list[str]
    language: str
    waiting_time: WaitingTime
    status: str
    attempts: int
    linked: int
    unanswered: int  # messages of the person that staff have not answered
    together: int  # other requests from unconfirmed reviews that arrived with this one
    name: str  # of the person, only in the rows of whoever took the request
    may_call: MayCall | None  # None: closed, or cannot be decrypted
    same_contact: list["Row"] = field(default_factory=list)  # shown inside this row
    min_attempts: int = services.MIN_ATTEMPTS

    @property
    def facts(self) -> Iterator[str]:
        """What is said last of a request, in words."""
        if self.attempts:
            yield f"{self.attempts} of {self.min_attempts} attempts"
        yield self.call.get_channel_display()
        if self.together:
            yield f"{self.together} more arrived together with it"
        if self.linked > sum(map(self._has_same_contact, self.same_contact)):
            yield f"{self.linked} other{'' if self.linked == 1 else 's'} with this number or address"

    def _has_same_contact(self, other: "Row") -> bool:
        """False for one that is in this row because it has a contact in common with a third one."""
        return not set(map(bytes, self.call.contact_digests)).isdisjoint(map(bytes, other.call.contact_digests))

    @property
    def folded_warnings(self) -> list[str]:
        """What the fold must not hide: that a colleague is calling one of them, or that one must not be called."""
        folded = [other.may_call for other in self.same_contact if other.may_call]
        return list(dict.fromkeys(may.text for may in folded if may.state in ("no", "taken")))


def rows(calls: list[CallForHelp], user) -> list[Row]:
    """Build the rows of the list in a fixed number of queries. The reasons, which name what people wrote, are for
    clinical roles only."""
    now = timezone.now()
    _read_related(calls)
    count_new = Message.objects.unanswered().order_by().filter(call__in=calls)
    unanswered = dict(count_new.values_list("call").annotate(count=Count("pk")))
    plans = {plan.call_id: plan for plan in ContactPlan.objects.filter(call__in=calls)}
    linked, together = _linked(calls), _together(calls)
    url = reverse("admin:intake_callforhelp_changelist")
    result = []
    for call in calls:
        answers = _answers_of(call)
        reasons, language = urgency_reasons(call, answers)
        how_soon, why = headline(call, reasons if user.has_perm(CLINICAL) else [])
        waiting_time = WaitingTime.of(call, now)
        counts = len(call.related("contact_attempts")), linked[call.pk], unanswered.get(call.pk, 0), together[call.pk]
        known = _own_name(call, answers, user), may_call(call, answers, plans.get(call.pk), user)
        said = how_soon, why, language, waiting_time, status_text(call, answers)
        result.append(Row(call, f"{url}{call.pk}/change/", *said, *counts, *known))
    return result


def _read_related(calls: list[CallForHelp]) -> None:
    """Read what the rows need of other tables, for ``CallForHelp.related``.

    Without ``to_attr`` Django would make a queryset for each row and relation, which takes longer than reading them.
    """
    read = dict.fromkeys(("revisions", "contact_attempts", "consents"))
    read["messages"] = Message.objects.filter(is_from_person=True).defer("sealed_for_author")
    prefetch_related_objects(calls, *(Prefetch(name, rows, to_attr=f"read_{name}") for name, rows in read.items()))


def _answers_of(call: CallForHelp) -> dict | None:
    """The answers, decrypted for this row alone; {} once erased, None where no key here opens them."""
    try:
        return {} if call.erased_at else call.current_answers()
    except sealing.Unreadable:
        return None


def _own_name(call: CallForHelp, answers: dict | None, user) -> str:
    """What to call the person, for whoever took the request; "" for everyone else, and once it is closed."""
    is_own = not call.closed_at and call.claimed_by_id == user.pk
    return with_defaults(answers)["name"] if is_own and answers is not None else ""


def headline(call: CallForHelp, reasons: list[str]) -> tuple[str, list[str]]:
    """Split the reasons into one line that says how soon to call and names the dangers, and the rest."""
    if reasons and reasons[0].startswith(risk_signs.DANGER_NOW):
        return reasons[0], reasons[1:]
    return call.get_urgency_display() if call.urgency else "", reasons


def urgency_reasons(call: CallForHelp, answers: dict | None) -> tuple[list[str], str]:
    """Return the reasons for urgency, and the language unless English. Decrypts messages, and keeps nothing."""
    if call.erased_at:
        return [], ""
    try:
        signs = call.signs()
    except sealing.Unreadable:
        answers = None
    if answers is None:
        return [UNREADABLE], ""
    code = with_defaults(answers)["language"]
    return risk_signs.urgency_reasons(answers, signs), "" if code == Language.EN else Language(code).for_staff


def _linked(calls) -> Counter:
    """Count for each request the others with the same phone number or address."""
    own = {call.pk: [bytes(digest) for digest in call.contact_digests] for call in calls}
    wanted = {digest for digests in own.values() for digest in digests}
    with_digest: dict[bytes, set] = {}
    for key, digests in CallForHelp.objects.real().with_contact(wanted).values_list("pk", "contact_digests"):
        for digest in digests:
            with_digest.setdefault(bytes(digest), set()).add(key)
    return Counter(
        {key: len(set().union(*(with_digest.get(digest, set()) for digest in own[key])) - {key}) for key in own}
    )


def _together(calls) -> Counter:
    """Count for each request the others in its row."""
    groups = {bytes(call.arrived_with) for call in calls if call.arrived_with}
    members = CallForHelp.objects.open().filter(arrived_with__in=groups) if groups else CallForHelp.objects.none()
    sizes = Counter(map(bytes, members.values_list("arrived_with", flat=True)))
    return Counter({call.pk: sizes[bytes(call.arrived_with)] - 1 for call in calls if call.arrived_with})


def count_new(since: float) -> dict[str, int]:
    """Count unclaimed requests since ``since`` (a timestamp), those in danger, and the highest urgency."""
    moment = datetime.fromtimestamp(since, UTC)
    calls = CallForHelp.objects.real().unclaimed().filter(is_quarantined=False).received_since(moment)
    return calls.aggregate(
        count=Count("pk"), danger=Count("pk", filter=Q(urgency=Urgency.DANGER)), urgency=Max("urgency", default=0)
    )
