"""Pages about an edition besides its form: preview, comparison, as-of-date view, history."""

from datetime import date, datetime, time

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from .. import editorial_gate, services
from ..content import edition_snapshot
from ..content.diff import Row, compare, differing
from ..content.rendering import with_body
from ..models import OPEN_STATES, Edition, EditionEvent
from ..views import render_preview
from . import findings

MAX_EVENTS = 500


def preview_view(model_admin, request, pk):
    """The public page of any edition, for those who may see editions; on request with the findings marked."""
    edition = with_body(Edition.objects.filter(pk=pk)).first()
    if edition is None or not model_admin.has_view_permission(request, edition):
        raise Http404
    marks = {}
    if "findings" in request.GET and edition.state in OPEN_STATES:
        snapshot = edition_snapshot.from_edition(edition)
        result = editorial_gate.check_edition(edition, snapshot)
        marks = findings.wanted_marks(findings.panel_context(result, snapshot, edition))
    return render_preview(request, edition, marks=marks)


def compare_view(model_admin, request, pk):
    """Two editions of an article side by side: by default this one and the one before it."""
    edition = edition_or_404(model_admin, request, pk)
    editions = list(edition.article.editions.order_by("-number").defer("text", "search"))
    chosen = request.GET.get("with", "")
    other = next((one for one in editions if str(one.pk) == chosen), None)
    other = other or next((one for one in editions if one.number < edition.number), editions[-1])
    old, new = sorted((edition, other), key=lambda one: one.number)
    rows = _diff(old, edition_snapshot.as_lines(edition_snapshot.from_edition(new)))
    changed = differing(rows)
    whole = "whole" in request.GET
    context = {"old": old, "new": new, "other": other, "editions": editions, "changed": len(changed)}
    context |= {"rows": rows if whole else changed, "whole": whole}
    return edition_page(model_admin, request, edition, "Compare editions", "compare.html", **context)


def as_of_date_view(model_admin, request, pk):
    """What readers saw at this address on a day: every edition that was live, and from which moment."""
    edition = edition_or_404(model_admin, request, pk)
    title, template = "What readers saw on a date", "as_of_date.html"
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
        start = timezone.make_aware(datetime.combine(day, time.min))
        end = min(timezone.make_aware(datetime.combine(day, time.max)), timezone.now())
    except (ValueError, OverflowError):
        return edition_page(model_admin, request, edition, title, template, is_invalid="on" in request.GET)
    if start > end:
        return edition_page(model_admin, request, edition, title, template, day=day, is_future=True)
    timeline = _timeline(edition.article_id, start, end)
    return edition_page(model_admin, request, edition, title, template, day=day, timeline=timeline)


def history_view(model_admin, request, object_id, extra_context=None):
    """The events of all editions of the article, newest first."""
    if not str(object_id).isdecimal() or len(str(object_id)) > 15:
        raise Http404
    edition = edition_or_404(model_admin, request, object_id)
    events = EditionEvent.objects.filter(edition__article=edition.article_id).select_related("edition", "by")
    events = events.defer("lines", "edition__text", "edition__search")[:MAX_EVENTS]
    return edition_page(model_admin, request, edition, "History", "history.html", events=events)


def diff_with_live(edition: Edition, lines: list[str]) -> dict:
    """Context for signing off: the whole text of an edition, as ``lines``, beside the one readers see now."""
    live = Edition.objects.live().filter(article=edition.article_id).defer("text", "search").first()
    edition.article.live_edition_id = live.pk if live else None  # the page asks for it, too
    rows = _diff(live, lines)
    changed = differing(rows)
    return {"diff": rows, "differing": changed, "changed": len(changed), "live": live}


def _diff(old: Edition | None, lines: list[str]) -> list[Row]:
    """The rows of a diff; without an old edition, the text itself."""
    return compare(edition_snapshot.as_lines(edition_snapshot.from_edition(old)) if old else lines, lines)


def _timeline(article_id: int, start: datetime, end: datetime) -> list[dict]:
    """From which moment of the period on which edition was live; ``edition`` is None where none was."""
    signed = Edition.objects.filter(article=article_id, signed_off_at__isnull=False)
    changes = Q(publish_at__range=(start, end)) | Q(withdrawn_at__range=(start, end))
    pairs = signed.filter(changes).values_list("publish_at", "withdrawn_at")
    moments = {start} | {moment for pair in pairs for moment in pair if moment and start < moment <= end}
    timeline = []
    for moment in sorted(moments):
        visible = Edition.objects.filter(article=article_id).visible_at(moment).select_related("signed_off_by").first()
        if not timeline or timeline[-1]["edition"] != visible:
            is_as_signed = visible and services.is_as_signed(visible)
            timeline.append({"from": moment, "edition": visible, "is_as_signed": is_as_signed})
    return timeline


def edition_or_404(model_admin, request, pk) -> Edition:
    edition = get_object_or_404(Edition.objects.select_related("article__topic"), pk=pk)
    if not model_admin.has_view_permission(request, edition):
        raise Http404
    return edition


def edition_page(model_admin, request, edition, title, template, **context):
    context |= {**model_admin.admin_site.each_context(request), "title": title, "edition": edition}
    context["opts"] = model_admin.opts
    return TemplateResponse(request, f"admin/articles/{template}", context)
