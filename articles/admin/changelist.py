"""The change list of editions, one row per article: filters and bulk actions. Its columns: list_columns."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Exists, OuterRef, Q
from django.forms import TextInput
from django.utils import timezone

from detoxsite.core import site_profile
from detoxsite.core.adminkit.model_admin import SafeChangeList
from detoxsite.core.exceptions import Refused
from detoxsite.core.text_fields import TidyFormField

from .. import editorial_gate, services
from ..jobs import SOON
from ..models import CHECK_INTERVAL, PAGE_KINDS, Edition, Kind, Person, State
from ..models.people import with_credentials
from .list_pages import rows_of
from .review_rounds import with_rounds

PAGES = "page"  # the value of the parameter ``kind`` for the list of pages, and for adding one
ARCHIVED = "archived"  # the value of the parameter ``status`` for drafts that were put aside
SAVED_FILTERS = (
    ("All", ""),
    ("Mine", "owner=me"),
    ("To sign off, mine", "assigned=me&kind=all"),
    ("Drafts", "status=draft"),
    ("Sent back", "status=sent_back"),
    ("In review", "status=in_review"),
    ("Scheduled", "status=scheduled"),
    ("Review overdue", "review=overdue"),
    ("Withdrawn", "status=withdrawn"),
    ("Archived", "status=archived&kind=all"),
    ("Pages", "kind=page"),
)
PAGE_FILTERS = tuple(
    (label, "&".join([*filter(None, [query.removesuffix("&kind=all")]), f"kind={PAGES}"]))
    for label, query in SAVED_FILTERS[:-1]
)  # of the list of pages, which they keep to
NOTHING_THERE = {  # by filter: the heading of a list without rows, and what will stand there
    "owner=me": (
        "Nothing is yours yet",
        "What you start is yours. “Change topic, owner or author” hands over the rest.",
    ),
    "assigned=me": (
        "Nothing waits for your signature",
        "When an author asks you to sign something off, it is listed here.",
    ),
    "status=draft": ("No drafts", "A new article, and the next edition of one that is live, begin as a draft."),
    "status=sent_back": (
        "Nothing was sent back",
        "When a clinician sends an article back, it is listed here, with the remarks beside the words they are about.",
    ),
    "status=in_review": ("Nothing is in review", "What was sent for review waits here for a signature."),
    "status=scheduled": ("Nothing is scheduled", "What was signed off for a date to come waits here until then."),
    "review=overdue": ("No review is overdue", "A live page whose day of review has passed is listed here."),
    "status=withdrawn": (
        "Nothing was withdrawn",
        "What was taken off the site is listed here, and can become a draft again.",
    ),
    "status=archived": ("No archived drafts", "Drafts that were put aside are kept here, and can be brought back."),
}
ORDER_AND_PAGE = {"o", "p", "all"}  # parameters of the list that leave no row out


def _live_of_article():
    return Edition.objects.live().filter(article=OuterRef("article")).order_by()


def form_kind(request, edition: Edition | None) -> Kind:
    """The kind of document that the form is made for, of a stored edition or a new one. All pages have one form."""
    if edition is None:
        return Kind.HOUSE if request.GET.get("kind") == PAGES else Kind.ARTICLE
    return Kind.HOUSE if edition.article.kind in PAGE_KINDS else Kind(edition.article.kind)


def is_archive(request) -> bool:
    """Whether the list is one of archived drafts, which no other list has."""
    return request.GET.get("status") == ARCHIVED


class EditionChangeList(SafeChangeList):
    """Adds to the rows of a page what their columns need, so that nothing is worked out for rows that are not shown."""

    def __init__(self, request, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.is_of_pages = form_kind(request, None) != Kind.ARTICLE
        if self.is_of_pages:
            self.title, self.saved_filters = "Pages", PAGE_FILTERS

    @property
    def nothing_there(self) -> tuple[str, str] | None:
        """The words for a list without rows, where one filter alone says why it is empty."""
        chosen = [f"{name}={value}" for name, value in self.params.items() if name != "kind"]
        return NOTHING_THERE.get(chosen[0]) if len(chosen) == 1 and not self.query else None

    def get_results(self, request):
        super().get_results(request)
        if self.show_all and self.can_show_all:
            keys = list(self.queryset.values_list("pk", flat=True))
        else:
            keys = self.paginator.keys_of(self.page_num if self.multi_page else 1)
        self.result_list = with_rounds(rows_of(keys), request.user)


# --- filters ----------------------------------------------------------------------------------------------------------


class ConditionFilter(admin.SimpleListFilter):
    """A filter whose choices are named conditions."""

    conditions: dict[str, tuple[str, object]] = {}  # value: (label, function of a queryset)

    def lookups(self, request, model_admin):
        return [(value, label) for value, (label, _) in self.conditions.items()]

    def queryset(self, request, queryset):
        return self.conditions[self.value()][1](queryset) if self.value() in self.conditions else queryset


class KindFilter(ConditionFilter):
    """The list is one of articles, unless pages are asked for."""

    title, parameter_name = "kind", "kind"
    conditions = {
        "article": ("Articles", lambda editions: editions.filter(article__kind=Kind.ARTICLE)),
        PAGES: ("Pages", lambda editions: editions.filter(Q(article__kind__in=PAGE_KINDS) | Q(article__path=""))),
        "all": ("Articles and pages", lambda editions: editions),
    }

    def value(self):
        return super().value() or "article"

    def choices(self, changelist):
        return list(super().choices(changelist))[1:]  # without Django's own "All"


class StatusFilter(ConditionFilter):
    title, parameter_name = "status", "status"
    conditions = {
        "draft": ("Draft", lambda editions: editions.drafts().filter(note="")),
        "sent_back": ("Draft, sent back", lambda editions: editions.sent_back()),
        "in_review": ("In review", lambda editions: editions.filter(state=State.IN_REVIEW)),
        "scheduled": (
            "Scheduled",
            lambda editions: editions.filter(state=State.SIGNED_OFF, publish_at__gt=timezone.now()),
        ),
        "live": ("Live", lambda editions: editions.published()),
        "unpublished": (
            "Live, with unpublished changes",
            lambda editions: editions.exclude(pk__in=Edition.objects.published().values("pk")).filter(
                Exists(_live_of_article())
            ),
        ),
        "withdrawn": ("Withdrawn", lambda editions: editions.filter(state=State.WITHDRAWN)),
        ARCHIVED: ("Archived", lambda editions: editions.archived()),
    }


class ReviewDueFilter(ConditionFilter):
    """Looks at the edition that readers see, not at the newest one."""

    title, parameter_name = "review of the live page", "review"
    conditions = {
        "overdue": ("Overdue", lambda editions: editions.filter(Exists(_live_of_article().overdue()))),
        "soon": (
            "Due within 30 days",
            lambda editions: editions.filter(
                Exists(
                    _live_of_article().filter(review_due_on__range=(timezone.localdate(), timezone.localdate() + SOON))
                )
            ),
        ),
        "unchecked": (
            "Prices or plans not checked for half a year",
            lambda editions: editions.filter(
                Exists(_live_of_article().with_tables_checked_before(timezone.localdate() - CHECK_INTERVAL))
            ),
        ),
    }


class AssigneeFilter(admin.SimpleListFilter):
    title, parameter_name = "sign-off by", "assigned"

    def lookups(self, request, model_admin):
        return [("me", "Me"), ("nobody", "Nobody in particular"), ("possible", "I may sign it off")]

    def queryset(self, request, queryset):
        assignee = {"me": request.user, "nobody": None}
        if self.value() == "possible":
            return queryset.filter(pk__in=editorial_gate.to_sign_by(request.user.pk).values("pk"))
        if self.value() not in assignee:
            return queryset
        return queryset.filter(state=State.IN_REVIEW, assigned_to=assignee[self.value()])


class OwnerFilter(admin.SimpleListFilter):
    title, parameter_name = "owner", "owner"

    def lookups(self, request, model_admin):
        return [("me", "Mine"), ("nobody", "No owner")]

    def queryset(self, request, queryset):
        owner = {"me": Q(article__owner=request.user), "nobody": Q(article__owner=None)}.get(self.value(), Q())
        return queryset.filter(owner)


class AuthorFilter(admin.RelatedFieldListFilter):
    """Reads no more of people than their names: everybody who ever wrote something is a choice."""

    def field_choices(self, field, request, model_admin):
        rows = Person.objects.values_list("pk", "name", "credentials")
        return [(key, with_credentials(*names)) for key, *names in rows]


# --- bulk actions -----------------------------------------------------------------------------------------------------


class NoteForm(ActionForm):
    note = TidyFormField(required=False, max_length=1000, label="Reason (to withdraw):", widget=TextInput({"size": 24}))


def _for_each(model_admin, request, queryset, service, **values):
    """Call a service on every selected edition, and report each refusal."""
    done = 0
    for edition in queryset:
        try:
            service(edition.pk, by=request.user, **values)
        except Refused as exc:
            model_admin.message_user(request, f"“{edition}”: {exc}", messages.WARNING)
        else:
            done += 1
            model_admin.log_change(request, edition, service.__name__)
    site_profile.expire()
    level = messages.SUCCESS if done else messages.WARNING
    model_admin.message_user(request, f"Done for {done} of {len(queryset)}.", level)


@admin.action(description="Send for review", permissions=["write"])
def submit_selected(model_admin, request, queryset):
    _for_each(model_admin, request, queryset, services.submit)


@admin.action(description="Take back to draft", permissions=["write"])
def take_back_selected(model_admin, request, queryset):
    _for_each(model_admin, request, queryset, services.take_back)


@admin.action(description="Start new drafts", permissions=["write"])
def start_drafts(model_admin, request, queryset):
    _for_each(model_admin, request, queryset, services.start_draft)


@admin.action(description="Withdraw from the site, including earlier editions", permissions=["sign_off"])
def withdraw_selected(model_admin, request, queryset):
    note = request.POST.get("note", "").strip()[:1000]
    if not note:
        message = "Nothing was withdrawn. Give a reason in the box next to the action."
        model_admin.message_user(request, message, messages.ERROR)
        return
    _for_each(model_admin, request, queryset, services.withdraw, note=note, whole=True)
