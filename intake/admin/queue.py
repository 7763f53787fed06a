"""The queue: order, reasons for urgency, waiting time, search.

Reasons are in our own words. Nothing a person wrote is in the list or in any address, but for one thing: the name they
want to be called by, in the rows of whoever took their request.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.contrib import admin
from django.db.models import Count, Max, Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from detoxsite.core.adminkit.model_admin import SafeChangeList
from detoxsite.core.encryption import sealing
from detoxsite.core.plain_text import as_seen
from detoxsite.core.safety import risk_signs

from .. import services
from ..casework.queues import in_queue
from ..models import (
    QUEUE_ORDER,
    CallForHelp,
    Channel,
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
from .may_call import MayCall, may_call

LATE, VERY_LATE = 5, 15  # minutes without a claim
MAX_TO_CALL = 50  # looked at for the next one: as many as a page of the queue shows
STORE_TIME = 2  # seconds that storing a request may take, so that none is missed between two polls
IN_DANGER, NOW, NOT_NOW = SECTIONS = "In danger", "Now", "Not now"
MINE = "mine"
SPAM_LABEL = "Looks like spam"
UNREADABLE = "Cannot be decrypted with the keys on this server"


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
            (Status.CALLING, "Someone is calling"),
            (Status.UNREACHED, "Not reached yet"),
            (Status.REACHED, "Reached, still open"),
            ("spam", SPAM_LABEL),
            ("closed", "Closed"),
            ("all", "All"),
            ("samples", "Samples"),
        ]

    def choices(self, changelist):
        """Show the number of suspected spam too: it is out of the way, never out of sight."""
        spam_count = in_queue("spam").count()
        first, *rest = super().choices(changelist)
        for choice in rest:
            choice["count"] = spam_count if choice["display"] == SPAM_LABEL else 0
        return [{**first, "display": "Open", "selected": first["selected"] and self.search is None}, *rest]

    def queryset(self, request, queryset):
        if self.search is not None:
            return queryset.filter(self.search)
        if self.value() == MINE:
            return in_queue(None, queryset).filter(claimed_by=request.user)
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


def status_text(call: CallForHelp) -> str:
    """The status in words, with the colleague who claimed it."""
    if call.erased_at:
        return f"Erased. {call.get_outcome_display()}"
    if call.closed_at:
        return f"Closed: {call.get_outcome_display()}"
    if call.is_claimed():
        return f"{call.claimed_by} is calling"
    lapsed = call.status == Status.CALLING
    return "The claim has timed out" if lapsed else call.get_status_display()


@dataclass(frozen=True)
class Row:
    call: CallForHelp
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
    def folded_warnings(self) -> list[str]:
        """What the fold must not hide: that a colleague is calling one of them, or that one must not be called."""
        folded = [other.may_call for other in self.same_contact if other.may_call]
        return list(dict.fromkeys(may.text for may in folded if may.state in ("no", "taken")))


def rows(calls: list[CallForHelp], user) -> list[Row]:
    """Build the rows of the list in a fixed number of queries. The reasons, which name what people wrote, are for
    clinical roles only."""
    now = timezone.now()
    messages = Message.objects.filter(is_from_person=True).defer("sealed_for_author")
    related = "revisions", Prefetch("messages", messages), "contact_attempts", "consents"
    prefetch_related_objects(calls, *related)
    count_new = Message.objects.unanswered().order_by().filter(call__in=calls)
    unanswered = dict(count_new.values_list("call").annotate(count=Count("pk")))
    plans = {plan.call_id: plan for plan in ContactPlan.objects.filter(call__in=calls)}
    linked, together = _linked(calls), _together(calls)
    result = []
    for call in calls:
        reasons, language = urgency_reasons(call)
        how_soon, why = headline(call, reasons if user.has_perm(CLINICAL) else [])
        waiting_time = WaitingTime.of(call, now)
        counts = len(call.contact_attempts.all()), linked[call.pk], unanswered.get(call.pk, 0), together[call.pk]
        known = _own_name(call, user), may_call(call, plans.get(call.pk), user)
        result.append(Row(call, how_soon, why, language, waiting_time, status_text(call), *counts, *known))
    return result


def _own_name(call: CallForHelp, user) -> str:
    """What to call the person, for whoever took the request; "" for everyone else, and once it is closed."""
    if call.closed_at or call.claimed_by_id != user.pk:
        return ""
    try:
        return with_defaults(call.current_answers())["name"]
    except sealing.Unreadable:
        return ""


def one_row_each(listed: list[Row]) -> list[Row]:
    """Put open requests with a phone number or address in common into the first of their rows.

    They stay requests of their own: several people can share a phone. So whoever is in danger, or has written a
    message, keeps a row.
    """
    first: dict[bytes, Row] = {}
    result = []
    for row in listed:
        digests = [] if row.call.closed_at else [bytes(digest) for digest in row.call.contact_digests]
        before = next((first[digest] for digest in digests if digest in first), None)
        if before is None or row.call.urgency == Urgency.DANGER or row.unanswered:
            result.append(row)
            before = before or row
        else:
            before.same_contact.append(row)
        for digest in digests:
            first.setdefault(digest, before)
    return result


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[Row]


def sections(listed: list[Row]) -> list[Section]:
    """Sort the rows of a page by what can be done now. Inside a section the order of the queue stays.

    Danger comes first at any hour, but for reviews that nobody has confirmed: anyone can send many. Last come those
    whom a colleague is calling, and those who must not be called yet; who can be written to, has written to us, or
    cannot be decrypted stays among those to see to now. A list with closed requests is one section.
    """
    if any(row.call.closed_at for row in listed):
        return [Section("", one_row_each(listed))]
    folded = one_row_each(sorted(listed, key=lambda row: SECTIONS.index(_section(row))))
    by_title = {title: [row for row in folded if _section(row) == title] for title in SECTIONS}
    return [Section(title, rows) for title, rows in by_title.items() if rows]


def _section(row: Row) -> str:
    if row.call.urgency == Urgency.DANGER and row.call.channel != Channel.UNCONFIRMED_REVIEW:
        return IN_DANGER
    is_later = row.may_call and row.may_call.state in ("no", "taken") and not row.unanswered
    return NOT_NOW if is_later else NOW


def to_call(user, requests) -> Iterator[CallForHelp]:
    """Yield the unclaimed ones of ``requests`` that the queue shows as to call now, in its order."""
    calls = list(in_queue("unclaimed", requests).order_by(*QUEUE_ORDER)[:MAX_TO_CALL])
    for section in sections(rows(calls, user)):
        if section.title != NOT_NOW:
            yield from (row.call for row in section.rows)


def headline(call: CallForHelp, reasons: list[str]) -> tuple[str, list[str]]:
    """Split the reasons into one line that says how soon to call and names the dangers, and the rest."""
    if reasons and reasons[0].startswith(risk_signs.DANGER_NOW):
        return reasons[0], reasons[1:]
    return call.get_urgency_display() if call.urgency else "", reasons


def urgency_reasons(call: CallForHelp) -> tuple[list[str], str]:
    """Return the reasons for urgency, and the language unless English. Decrypts, and keeps nothing."""
    if call.erased_at:
        return [], ""
    try:
        answers, signs = call.current_answers(), call.signs()
    except sealing.Unreadable:
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


class QueueChangeList(SafeChangeList):
    def get_results(self, request):
        self.read_at = f"{timezone.now().timestamp() - STORE_TIME:.3f}"
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.sections = sections(rows(self.result_list, request.user))
        self.queues = [choice for spec in self.filter_specs for choice in spec.choices(self)]
        self.is_open_queue = self.queues[0]["selected"]  # not one of the others, and no search
