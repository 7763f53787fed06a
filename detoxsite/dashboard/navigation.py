"""The way around the staff site: its pages by job, and how much waits on each for one account.

Every page shows it. The numbers of an account are read in one query, and again after a few seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, partial

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from articles.models import Edition, Kind
from detoxsite.core.kept_queries import NOW, USER, KeptQuery
from detoxsite.core.timed_cache import TimedCache
from intake.casework.queues import in_queue
from testimonials.models import Testimonial
from testimonials.moderation.queues import MAX_COUNTED, BoundedCount

from . import figures

SECONDS = 15  # that the numbers may be old
MORE = "More"


@dataclass(frozen=True)
class Count:
    """How much waits on a page. ``note`` says it in words; ``is_urgent`` where someone is in danger."""

    number: int
    note: str
    is_urgent: bool = False

    def __str__(self) -> str:
        return str(self.number) if self.number < MAX_COUNTED else f"{MAX_COUNTED - 1}+"


@dataclass(frozen=True)
class Page:
    """A page of the navigation. ``model``: "app.model" of the list that it is; or ``view``: the name of its address."""

    label: str
    icon: str
    model: str = ""
    view: str = ""
    permission: str = ""  # that opens it; without one, to see the model
    query: str = ""
    counted: str = ""  # its name among the counts
    thumb: str = ""  # the label in the thumb bar, for the pages that come first

    @cached_property
    def url(self) -> str:
        return reverse(self.view or f"admin:{self.model.replace('.', '_')}_changelist") + self.query

    def opens_to(self, user) -> bool:
        app, _, model = self.model.partition(".")
        return user.has_perm(self.permission or f"{app}.view_{model}")


@dataclass(frozen=True)
class Job:
    name: str
    pages: tuple[Page, ...]
    others: tuple[Page, ...] = ()  # needed less often: folded


HOME = Page("Home", "home", view="admin:index", thumb="Home")
JOBS = (
    Job(
        "Answer",
        (
            Page("Calls for help", "phone", "intake.callforhelp", counted="calls", thumb="Calls"),
            Page("On-call shifts", "calendar", "intake.shift", thumb="On call"),
            Page("Reviews", "talk", "testimonials.testimonial", counted="reviews", thumb="Reviews"),
        ),
        (
            Page("Phones for alerts", "mobile", "intake.phone"),
            Page("Escalation", "history", "intake.escalationstep"),
            Page("Alerts sent", "send", "intake.delivery"),
            Page("Staff roster", "people", "testimonials.staffname"),
        ),
    ),
    Job(
        "Publish",
        (
            Page("Articles", "page", "articles.edition", counted="articles", thumb="Articles"),
            Page("Pages", "book", "articles.edition", query="?kind=page", counted="pages", thumb="Pages"),
            Page("Calendar", "calendar", view="admin:articles_edition_calendar", permission="articles.view_edition"),
            Page("Reports", "table", view="admin:articles_edition_reports", permission="articles.view_edition"),
            Page("Menus and footer", "tree", "articles.menuedition"),
            Page("Pictures", "picture", "articles.picture", thumb="Pictures"),
        ),
        (
            Page("PDF files", "page", "articles.pdffile"),
            Page("Videos", "picture", "articles.video"),
            Page("Topics", "list", "articles.topic"),
            Page("People", "people", "articles.person"),
            Page("Facts about the center", "table", "articles.centerfact"),
            Page("Redirects", "turn", "detoxsite.redirect"),
            Page("Words for search", "search", "articles.synonym"),
        ),
    ),
    Job(
        "Look up",
        (
            Page(
                "Statistics",
                "bars",
                view="admin:intake_figures",
                permission="intake.view_statistics",
                thumb="Statistics",
            ),
            Page("Access report", "eye", view="admin:access_report", permission="detoxsite.view_sealedaccess"),
        ),
        (
            Page("Access log", "lock", "detoxsite.sealedaccess"),
            Page("Change log", "history", "admin.logentry"),
            Page("Disclosures", "send", "intake.disclosure"),
            Page("Erasures", "trash", "intake.erasurebatch"),
            Page("Retention warnings", "clock", "intake.retentionwarning"),
            Page("Emails to authors", "mail", "testimonials.outgoingemail"),
            Page("Reminders of reviews", "mail", "articles.reminder"),
            Page("Emails about articles", "mail", "articles.workflowemail"),
        ),
    ),
    Job(
        "Run",
        (
            Page("Staff accounts", "key", "detoxsite.user"),
            Page("Center details", "gear", "detoxsite.siteprofile"),
        ),
        (
            Page("Consent texts", "note", "detoxsite.consenttext"),
            Page("Webhooks", "link", "intake.webhook"),
        ),
    ),
)


@lru_cache(maxsize=1)
def _unplaced() -> tuple[Page, ...]:
    """Lists of the admin that no job names yet: they are never out of reach."""
    placed = {page.model for job in JOBS for page in (*job.pages, *job.others)}
    registered = [model._meta for model in apps.get_models() if admin.site.is_registered(model)]
    rest = [opts for opts in registered if opts.label_lower not in placed]
    return tuple(Page(capfirst(opts.verbose_name_plural), "dots", opts.label_lower) for opts in rest)


def jobs_of(user) -> Iterator[Job]:
    """The jobs that ``user`` has, each with the pages that open to them."""
    for job in (*JOBS, Job(MORE, (), _unplaced())):
        pages = tuple(page for page in job.pages if page.opens_to(user))
        others = tuple(page for page in job.others if page.opens_to(user))
        if pages or others:
            yield Job(job.name, pages or others, others if pages else ())


def page_at(pages: list[Page], path: str, query: str) -> Page | None:
    """The page that an address belongs to: the longest that it begins with, and of those the one with its query.

    Every address begins with that of the first page, so only its own is its.
    """
    around = [page for page in pages if path.startswith(page.url.partition("?")[0])]
    if path != HOME.url:
        around = [page for page in around if page is not HOME]
    return max(around, default=None, key=lambda page: (len(page.url.partition("?")[0]), page.query == query))


# --- how much waits ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """Names of the account's roles, and the counts by name."""

    roles: tuple[str, ...]
    counts: dict[str, Count] = field(default_factory=dict)


_read: dict[tuple, TimedCache[Waiting]] = {}


def forget_counts() -> None:
    _read.clear()


def waiting_for(user) -> Waiting:
    asked = tuple(name for name, (permissions, _) in _COUNTED.items() if any(map(user.has_perm, permissions)))
    key = user.pk, asked
    if key not in _read:
        _read[key] = TimedCache(partial(_count, *key), seconds=SECONDS)
    return _read[key].get()


def _count(user_pk: int, asked: tuple[str, ...], _before=None) -> Waiting:
    """Everything in one query."""
    rows = _counts_of(asked).rows(user=user_pk, now=timezone.now())
    names, *numbers = rows[0] if rows else ([],)
    found = dict(zip(asked, numbers, strict=False))
    return Waiting(tuple(names), _in_words(found, set(found)))


@cache  # there are as many as ways to have several roles
def _counts_of(asked: tuple[str, ...]) -> KeptQuery:
    def build():
        names = ArraySubquery(Group.objects.filter(user=OuterRef("pk")).order_by("name").values("name"))
        columns = {name: BoundedCount(rows()) for name in asked for _, rows in [_COUNTED[name]]}
        row = get_user_model().objects.filter(pk=USER).annotate(role_names=names, **columns)
        return row.values_list("role_names", *columns)

    return KeptQuery(build)


_ANSWER, _DECIDE = ("intake.answer_callforhelp",), ("testimonials.decide_testimonial",)
_SIGN = ("articles.sign_off_edition", "articles.sign_off_house_edition")
_WRITE = ("articles.change_edition",)
_ARTICLE = Q(article__kind=Kind.ARTICLE)


_COUNTED = {  # column: permissions, one of which asks for it; what it counts for the account
    "open": (_ANSWER, lambda: in_queue(None, now=NOW)),
    "danger": (_ANSWER, figures.REQUESTS["danger"].build),
    "reviews": (_DECIDE, Testimonial.objects.awaiting_decision),
    "articles_to_sign": (_SIGN, figures.TO_SIGN["articles to sign"].build),
    "pages_to_sign": (_SIGN, figures.TO_SIGN["pages to sign"].build),
    "articles_sent_back": (_WRITE, lambda: Edition.objects.sent_back().filter(_ARTICLE)),
    "pages_sent_back": (_WRITE, lambda: Edition.objects.sent_back().exclude(_ARTICLE)),
}


def _in_words(found: dict[str, int], asked: set[str]) -> dict[str, Count]:
    counts = {}
    if "open" in asked:
        danger = f", {found['danger']} in danger" if found["danger"] else ""
        counts["calls"] = Count(found["open"], f"{found['open']} open{danger}", bool(found["danger"]))
    if "reviews" in asked:
        counts["reviews"] = Count(found["reviews"], f"{found['reviews']} to decide")
    for name in ("articles", "pages"):
        numbers = {"to sign off": found.get(f"{name}_to_sign"), "sent back": found.get(f"{name}_sent_back")}
        waiting = {words: number for words, number in numbers.items() if number}
        note = ", ".join(f"{number} {words}" for words, number in waiting.items())
        counts[name] = Count(sum(waiting.values()), note)
    return {name: count for name, count in counts.items() if count.number}
