"""The pages of the reports: tables of what needs somebody, each row with a link to it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from detoxsite.core.adminkit.key_pages import KeyPaginator, in_order, page_number
from detoxsite.core.adminkit.row_urls import row_url
from detoxsite.core.redirects import probe

from ..models import Edition
from ..reports import links, lists
from .list_columns import day_text

PER_PAGE = 100
DAYS = {"0": "Overdue", "30": "Within 30 days", "90": "Within 90 days"}
MONTHS = {"6": "6 months", "12": "A year", "24": "Two years", "36": "Three years"}
TABS = (  # name of the address, label, permission
    ("articles_edition_reports", "My work", "articles.view_edition"),
    ("articles_edition_review_due", "Review due", "articles.view_edition"),
    ("articles_edition_links", "Broken links", "articles.view_edition"),
    ("articles_edition_ageing", "Ageing", "articles.view_edition"),
    ("articles_edition_words", "Words", "articles.view_edition"),
)
UNUSED = ("articles_picture_changelist", "Pictures without use", "articles.view_picture", "?use=none")


@dataclass(frozen=True)
class Row:
    """A linked title, and what stands behind it under the other columns."""

    title: str
    url: str
    cells: tuple[str, ...]
    labeled: tuple[tuple[str, str], ...] = ()  # the cells, each with the name of its column


def tabs(user, current: str) -> list[dict]:
    shown = [(*tab, "") for tab in TABS] + [UNUSED]
    return [
        {"label": label, "url": reverse(f"admin:{name}") + query, "is_current": name == current}
        for name, label, permission, query in shown
        if user.has_perm(permission)
    ]


def report_context(model_admin, request, name: str, title: str) -> dict:
    """What the page of each report has. Raises PermissionDenied for who may not see editions."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    frame = model_admin.admin_site.each_context(request)
    return frame | {"title": title, "tabs": tabs(request.user, name), "opts": model_admin.opts}


def page_of(request, rows):
    """The page that the query names: the nearest one for anything that is none."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))


def _live_table(request, context: dict, columns: tuple[str, ...], editions: QuerySet, as_row, **more):
    """The page of a report on live editions, each with its topic and owner."""
    paginator = KeyPaginator(editions, PER_PAGE, number=page_number(request))
    page = paginator.get_page(request.GET.get("p"))
    page.object_list = in_order(lists.with_owners(Edition.objects), paginator.keys_of(page.number))
    return _table(request, context, columns, page, as_row, **more)


def _table(request, context: dict, columns: tuple[str, ...], page: Page, as_row, **more) -> TemplateResponse:
    kept = request.GET.copy()
    kept.pop("p", None)
    rows = [replace(row, labeled=tuple(zip(columns[1:], row.cells, strict=True))) for row in map(as_row, page)]
    context |= {"columns": columns, "page": page, "rows": rows, "kept": kept.urlencode()}
    return TemplateResponse(request, "admin/articles/report.html", context | more)


def _choice(request, parameter: str, choices: dict[str, str], default: str) -> tuple[int, dict]:
    """The number that the query chooses, and what draws the choices."""
    chosen = request.GET.get(parameter)
    chosen = chosen if chosen in choices else default
    shown = [(f"?{parameter}={value}", label, value == chosen) for value, label in choices.items()]
    return int(chosen), {"choices": shown}


def my_work_view(model_admin, request):
    context = report_context(model_admin, request, "articles_edition_reports", "My work")
    nothing = "Nothing is in your hands. What you write, own or are asked to sign off is listed here."
    tasks, more = lists.work_of(request.user)
    note = f"More than {lists.MAX_OWN} of: {', '.join(more)}. The first {lists.MAX_OWN} are listed." if more else ""
    columns, page = ("Title", "What", "Date"), page_of(request, tasks)
    return _table(request, context, columns, page, _task_row, nothing=nothing, note=note)


def _task_row(task: lists.Task) -> Row:
    return Row(task.edition.title, row_url(task.edition), (task.what, _day(task.at)))


def review_due_view(model_admin, request):
    context = report_context(model_admin, request, "articles_edition_review_due", "Review due")
    days, choices = _choice(request, "days", DAYS, "30")
    until = timezone.localdate() + timedelta(days=days or -1)
    columns = ("Title", "Review due", "Topic", "Owner", "Next edition")
    nothing = "No page that readers see has to be reviewed in this time."
    return _live_table(request, context, columns, lists.review_due(until), _due_row, nothing=nothing, **choices)


def _due_row(edition: Edition) -> Row:
    due = _day(edition.review_due_on)
    if edition.is_overdue:
        due = SafeString(f'<b class="text-error">{due} (overdue)</b>')
    return Row(edition.title, row_url(edition), (due, *_about(edition)))


def ageing_view(model_admin, request):
    context = report_context(model_admin, request, "articles_edition_ageing", "Ageing")
    months, choices = _choice(request, "months", MONTHS, "12")
    before = timezone.now() - timedelta(days=months * 365 // 12)
    columns = ("Title", "Last edition", "Topic", "Owner", "Next edition")
    nothing = "Every page that readers see had a new edition in this time."
    return _live_table(request, context, columns, lists.ageing(before), _age_row, nothing=nothing, **choices)


def _age_row(edition: Edition) -> Row:
    return Row(edition.title, row_url(edition), (_day(edition.publish_at), *_about(edition)))


def _about(edition: Edition) -> tuple[str, ...]:
    draft = "Being written" if edition.has_draft else ""
    return str(edition.article.topic or ""), str(edition.article.owner or "Nobody"), draft


def links_view(model_admin, request):
    context = report_context(model_admin, request, "articles_edition_links", "Broken links")
    found = links.questionable_links(partial(probe.is_page, request))
    found.sort(key=lambda link: bool(link.target))  # what leads nowhere comes first
    page = page_of(request, found)
    editions = links.editions_of(page)
    columns = ("Title", "Status", "Links to", "What is there")
    nothing = "Every link between pages of this site leads to a page."
    note = "A new draft gets the new address of a page that has moved by itself."
    as_row = partial(_link_row, editions)
    return _table(request, context, columns, page, as_row, nothing=nothing, note=note)


def _link_row(editions: dict[int, Edition], link: links.Link) -> Row:
    edition = editions[link.edition_id]
    there = f"Redirects to {link.target}" if link.target else SafeString('<b class="text-error">Nothing</b>')
    return Row(edition.title, row_url(edition), (edition.status_text.capitalize(), link.path, there))


def _day(at: date | datetime | None) -> str:
    return day_text(timezone.localdate(at) if isinstance(at, datetime) else at) if at else ""
