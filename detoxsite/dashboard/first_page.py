"""The first page beside what needs attention: one's own work, what happened lately, and help for the role."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from articles import comments, editorial_gate
from articles.models import Edition, EditionEvent, State
from intake.casework.queues import in_queue
from intake.models import QUEUE_ORDER, CallForHelp, Shift, Urgency
from testimonials.models import Testimonial

from .guides import part_url

MAX_ROWS = 6
MAX_EVENTS = 40  # read, before those that follow each other are told as one
_VERBS = {  # where the label of the history is no sentence with a person before it and a title after it
    EditionEvent.Kind.RESTORED: "restored an earlier edition of",
    EditionEvent.Kind.WAIVED: "marked a finding as a false alarm in",
    EditionEvent.Kind.TAKEN_BACK: "took back",
    EditionEvent.Kind.MOVED: "changed the address, topic or owner of",
    EditionEvent.Kind.SHARED: "shared a link to",
    EditionEvent.Kind.ASSIGNED: "asked for sign-off of",
    EditionEvent.Kind.RESCHEDULED: "moved the publication of",
    EditionEvent.Kind.WENT_LIVE: "published, as scheduled,",
    EditionEvent.Kind.DELETED: "deleted a draft of",
}
GREETINGS = ((5, "Hello"), (12, "Good morning"), (18, "Good afternoon"), (24, "Good evening"))  # until this hour


@dataclass(frozen=True)
class Task:
    title: str
    url: str
    state: str  # in words
    icon: str
    tone: str = ""  # of the chip: warn or danger
    at: datetime | None = None


@dataclass(frozen=True)
class TaskList:
    title: str
    tasks: list[Task]
    all_url: str
    all_label: str
    nothing: str  # said in place of tasks: what will stand here, and how it gets there


@dataclass(frozen=True)
class Happening:
    who: str  # or, of one's own acts, what was done
    did: str
    what: str
    url: str
    at: datetime


def greeting(user) -> str:
    hour = timezone.localtime().hour
    words = next(words for until, words in GREETINGS if hour < until)
    return f"{words}, {user.first_name}" if user.first_name else words


def task_lists(user) -> Iterator[TaskList]:
    """Yield what is in the person's own hands, by job."""
    if user.has_perm("intake.answer_callforhelp"):
        yield _calls(user)
    if user.has_perm("articles.change_edition"):
        yield _drafts(user)
    elif user.has_perm("articles.sign_off_edition"):
        yield _to_sign(user)
    if user.has_perm("testimonials.decide_testimonial"):
        yield _reviews()


def _calls(user) -> TaskList:
    """The requests that the person has claimed; those that nobody has, while they have none."""
    url, calls = reverse("admin:intake_callforhelp_changelist"), CallForHelp.objects.without_sealed()
    own = list(calls.real().taken_by(user).order_by(*QUEUE_ORDER)[:MAX_ROWS])
    next_up = own or list(in_queue("unclaimed", calls.real()).order_by(*QUEUE_ORDER)[:MAX_ROWS])
    return TaskList(
        "Calls you have taken" if own else "Next to call",
        [_call_task(call, user) for call in next_up],
        f"{url}?queue=mine" if own else url,
        "All that you have taken" if own else "All calls for help",
        "Nobody waits for a call. New requests appear here, the most urgent first, and ring the phones on duty.",
    )


def _call_task(call: CallForHelp, user) -> Task:
    """The reference only of one's own: of the others the queue tells it, which records who looked."""
    tone = "danger" if call.urgency == Urgency.DANGER else "warn" if call.urgency == Urgency.WITHDRAWAL else ""
    url, how_soon = reverse("admin:intake_callforhelp_change", args=[call.pk]), call.get_urgency_display()
    icon = "alert" if tone else "phone"
    if call.claimed_by_id == user.pk:
        return Task(str(call), url, how_soon, icon, tone, call.created_at)
    return Task(how_soon, url, "Nobody has it", icon, tone, call.created_at)


def _drafts(user) -> TaskList:
    url = reverse("admin:articles_edition_changelist")
    of_user = Q(created_by=user) | Q(article__owner=user)
    mine = Edition.objects.open().filter(of_user).without_search_columns()
    # by the last event: a subquery for each of a person's few open texts
    tasks = _edition_tasks(mine.annotate(last=Max("events__at")).order_by("-last")[:MAX_ROWS])
    return TaskList(
        *("Your articles", tasks, f"{url}?owner=me&kind=all", "All that are yours"),
        "None of your articles is being written. Start one, or edit an article that is live: readers keep the "
        "signed version until a new one is signed off.",
    )


def _to_sign(user) -> TaskList:
    url = f"{reverse('admin:articles_edition_changelist')}?status=in_review&kind=all"
    waiting = editorial_gate.to_sign_by(user.pk).without_search_columns()
    tasks = _edition_tasks(waiting.annotate(last=Max("events__at")).order_by("last")[:MAX_ROWS])
    return TaskList(
        *("To sign off", tasks, url, "All in review"),
        "Nothing waits for your signature. What an editor sends for review appears here, the longest wait first.",
    )


def _edition_tasks(editions: Iterable[Edition]) -> list[Task]:
    editions = list(editions)
    counts = comments.open_counts(editions) if editions else {}
    return [_edition_task(edition, counts.get(edition.pk, 0)) for edition in editions]


def _edition_task(edition: Edition, comment_count: int) -> Task:
    url = reverse("admin:articles_edition_change", args=[edition.pk])
    said = f", {comment_count} comment{'' if comment_count == 1 else 's'}" if comment_count else ""
    if edition.state == State.IN_REVIEW:
        return Task(edition.title, url, f"In review{said}", "s-review", "", edition.last)
    state, *look = ("Sent back", "return", "warn") if edition.note else ("Draft", "s-draft", "")
    return Task(edition.title, url, f"{state}{said}", *look, edition.last)


def _reviews() -> TaskList:
    url = reverse("admin:testimonials_testimonial_changelist")
    rows = Testimonial.objects.awaiting_decision().values_list("pk", "submitted_at", "proposed_at")[:MAX_ROWS]
    tasks = [
        Task(
            f"Review {pk}",
            reverse("admin:testimonials_testimonial_change", args=[pk]),
            *(("A colleague proposes to withhold it", "note", "warn") if proposed else ("To decide", "talk", "")),
            submitted,
        )
        for pk, submitted, proposed in rows
    ]
    return TaskList(
        *("Next reviews", tasks, url, "All reviews"),
        "No review waits. What people write to us appears here, the oldest first, before any reader sees it.",
    )


# --- on duty ----------------------------------------------------------------------------------------------------------


def on_duty(user) -> list[Shift] | None:
    """The shifts of now, the first person before the second; None without a schedule, and for who may not read it."""
    if not user.has_perm("intake.view_shift"):
        return None
    schedule = list(Shift.objects.of_staff().select_related("person"))
    now = timezone.now()
    current = [shift for shift in schedule if shift.is_now(now)]
    return sorted(current, key=lambda shift: shift.is_second) if schedule else None


# --- lately -----------------------------------------------------------------------------------------------------------


def happenings(user) -> list[Happening]:
    """What was done to articles lately, for those who see them; the person's own acts for anyone else. Newest first."""
    if user.has_perm("articles.view_edition"):
        return _merged(_of_articles(user))
    return _merged(_own_acts(user))


def _of_articles(user) -> Iterator[Happening]:
    columns = ("at", "kind", "by", "by__first_name", "by__last_name", "edition", "edition__title")
    latest = EditionEvent.objects.order_by("-pk").values_list(*columns)[:MAX_EVENTS]  # by the index of the key
    for at, kind, by, first, last, edition, title in sorted(latest, reverse=True):
        who = "You" if by == user.pk else f"{first or ''} {last or ''}".strip() or "The site"
        url = reverse("admin:articles_edition_change", args=[edition])
        yield Happening(who, _VERBS.get(kind) or EditionEvent.Kind(kind).label, title, url, at)


def _own_acts(user) -> Iterator[Happening]:
    for entry in LogEntry.objects.filter(user=user).select_related("content_type")[:MAX_EVENTS]:
        url = "" if entry.is_deletion() else entry.get_admin_url() or ""
        yield Happening(_act(entry), "", entry.object_repr, url, entry.action_time)


def _act(entry: LogEntry) -> str:
    """What was done, as the button or Django says it, before the name of the thing: the heading says who."""
    return (entry.get_change_message() or entry.get_action_flag_display()).rstrip(".")


def _merged(events: Iterator[Happening]) -> list[Happening]:
    """Those that follow each other told once: a text is saved many times in a row."""
    told: list[Happening] = []
    for event in events:
        if told and (told[-1].who, told[-1].did, told[-1].url) == (event.who, event.did, event.url):
            continue
        if len(told) == MAX_ROWS:
            break
        told.append(event)
    return told


# --- help -------------------------------------------------------------------------------------------------------------

HELP = (  # permission, question, steps, part of a guide that says more
    (
        "intake.answer_callforhelp",
        "How do I answer a call for help?",
        (
            "Open the request at the top of the queue: the most urgent stands first.",
            "Read what the person said and what may be said on the phone, then press Call. It puts your name on it.",
            "Note the attempt. If nobody answered, the request stays open for the next try.",
        ),
        "admissions#answer-a-request-at-night",
    ),
    (
        "articles.add_edition",
        "How does an article get to readers?",
        (
            "Write a draft. What you type is kept every few seconds.",
            "Fix what the checks mark red, then send it for review.",
            "A clinician signs it off, or sends it back with notes. Readers see exactly what was signed.",
        ),
        "editors#write-an-article",
    ),
    (
        "articles.sign_off_edition",
        "What does my signature mean?",
        (
            "Your name stands under the article as the one who reviewed it.",
            "You see what differs from the live text, and what the checks found.",
            "Nobody signs off a text that they worked on.",
        ),
        "clinicians#read-what-you-sign",
    ),
    (
        "testimonials.decide_testimonial",
        "How do I decide on a review?",
        (
            "Read the words. Take out what could tell who somebody is.",
            "Publish what is left, or propose to withhold it and say why.",
            "A second person agrees before a review is withheld. Stars stay hidden until then.",
        ),
        "moderators#one-review",
    ),
    (
        "detoxsite.add_user",
        "How does a new colleague get in?",
        (
            "Add a staff account with their email address and role.",
            "Send them the one-time link. They choose a password and a second factor.",
            "Who leaves is made inactive: what they did stays on record.",
        ),
        "managers#add-a-colleague",
    ),
)


def help_for(user) -> list[tuple[str, tuple[str, ...], str]]:
    """Questions of those who may do it, each with steps and the address of the guide's part."""
    return [
        (question, steps, part_url(part)) for permission, question, steps, part in HELP if user.has_perm(permission)
    ]


def context_of(user) -> dict:
    return {
        "greeting": greeting(user),
        "task_lists": list(task_lists(user)),
        "on_duty": on_duty(user),
        "happenings": happenings(user),
        "help": help_for(user),
    }
