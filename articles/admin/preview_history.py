"""Pages about an edition besides its form: as readers see it, beside another one, on a day, and who did what."""

from datetime import date, datetime, time

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from .. import services
from ..content import edition_snapshot
from ..content.diff import compare
from ..content.rendering import with_body
from ..models import Edition, EditionEvent
from ..views import render_edition


class PagesMixin:
    """For EditionAdmin."""

    def get_urls(self):
        pages = {"preview": self.preview_view, "compare": self.compare_view, "then": self.then_view}
        return [
            *(
                path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"articles_edition_{name}")
                for name, view in pages.items()
            ),
            *super().get_urls(),
        ]

    def _edition(self, request, pk) -> Edition:
        edition = get_object_or_404(Edition.objects.select_related("article__topic"), pk=pk)
        if not self.has_view_permission(request, edition):
            raise Http404
        return edition

    def _page(self, request, edition, title, template, **context):
        context |= {**self.admin_site.each_context(request), "title": title, "edition": edition, "opts": self.opts}
        return TemplateResponse(request, f"admin/articles/{template}", context)

    def preview_view(self, request, pk):
        """The public page of any edition, for those who may see editions."""
        edition = with_body(Edition.objects.filter(pk=pk)).first()
        if edition is None or not self.has_view_permission(request, edition):
            raise Http404
        return render_edition(request, edition, preview=True)

    def compare_view(self, request, pk):
        """Two editions of an article side by side: by default this one and the one it follows."""
        edition = self._edition(request, pk)
        editions = list(edition.article.editions.order_by("-number").defer("text", "search"))
        asked = request.GET.get("with", "")
        other = next((one for one in editions if str(one.pk) == asked), None)
        other = other or next((one for one in editions if one.number < edition.number), editions[-1])
        old, new = sorted((edition, other), key=lambda one: one.number)
        rows = compare(
            edition_snapshot.as_lines(edition_snapshot.from_edition(old)),
            edition_snapshot.as_lines(edition_snapshot.from_edition(new)),
        )
        changed, whole = [row for row in rows if not row.is_same], "whole" in request.GET
        return self._page(
            request,
            edition,
            "Compare editions",
            "compare.html",
            **{"old": old, "new": new, "other": other, "editions": editions},
            **{"changed": len(changed), "rows": rows if whole else changed, "whole": whole},
        )

    def then_view(self, request, pk):
        """What readers saw under this address on a day: every edition that showed, from which moment on."""
        edition = self._edition(request, pk)
        try:
            day = date.fromisoformat(request.GET.get("on", ""))
            start = timezone.make_aware(datetime.combine(day, time.min))
            end = min(timezone.make_aware(datetime.combine(day, time.max)), timezone.now())
        except (ValueError, OverflowError):
            return self._page(request, edition, "What the page said on a day", "then.html", is_odd="on" in request.GET)
        if start > end:
            return self._page(request, edition, "What the page said on a day", "then.html", day=day, is_ahead=True)
        article = edition.article_id
        signed = Edition.objects.filter(article=article, signed_off_at__isnull=False)
        events = Q(publish_at__range=(start, end)) | Q(withdrawn_at__range=(start, end))
        moments = {start} | {
            moment
            for pair in signed.filter(events).values_list("publish_at", "withdrawn_at")
            for moment in pair
            if moment and start < moment <= end
        }
        shown = []
        for moment in sorted(moments):
            one = Edition.objects.filter(article=article).shown_at(moment).select_related("signed_off_by").first()
            if not shown or shown[-1]["edition"] != one:
                shown.append({"from": moment, "edition": one, "is_as_signed": one and services.is_as_signed(one)})
        return self._page(request, edition, "What the page said on a day", "then.html", day=day, shown=shown)

    def history_view(self, request, object_id, extra_context=None):
        """Who did what to the article, across all its editions, the newest first."""
        if not str(object_id).isdecimal() or len(str(object_id)) > 15:
            raise Http404
        edition = self._edition(request, object_id)
        steps = EditionEvent.objects.filter(edition__article=edition.article_id).select_related("edition", "by")
        return self._page(
            request,
            edition,
            "Who did what",
            "history.html",
            steps=steps.defer("edition__text", "edition__search")[:500],
        )


def words_of(edition: Edition, content: dict) -> dict:
    """For whoever signs an edition off: all the words of its document, beside those that readers see now."""
    live = Edition.objects.live().filter(article=edition.article_id).first()
    words = edition_snapshot.as_lines(content)
    before = edition_snapshot.as_lines(edition_snapshot.from_edition(live)) if live else words
    rows = compare(before, words)
    differing = [row for row in rows if not row.is_same]
    return {"words": rows, "differing": differing, "changed": len(differing), "live": live}


def editions_of(edition: Edition) -> list[dict]:
    """All editions of the article, the newest first, and which of them readers see."""
    live = edition.article.live_edition_id
    one_of = edition.article.editions.order_by("-number").only("number", "state", "publish_at", "note")
    return [
        {"edition": one, "url": reverse("admin:articles_edition_change", args=[one.pk]), "is_live": one.pk == live}
        for one in one_of
    ]
