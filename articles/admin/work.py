"""While somebody writes: what they typed is kept, others are told that they are there, and the checks read along."""

import json

from content_editor.admin import ContentEditor
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.views.decorators.csrf import csrf_protect

from .. import documents, gate, services
from ..compare import compare
from ..models import Edition, OpenWork, Step, Topic, refresh_text

PRESENT = timezone.timedelta(seconds=60)  # somebody who was heard of within this time has the draft open


class WorkMixin:
    """For EditionAdmin. The script of the page is static/js/editor-work.js."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.work_view)
        return [
            path("add/work/", view, {"pk": None}, name="articles_edition_work_new"),
            path("<int:pk>/work/", view, name="articles_edition_work"),
            *super().get_urls(),
        ]

    @method_decorator(csrf_protect)
    def work_view(self, request, pk):
        """GET: what is kept, a token for the form, and if asked for the remarks. POST: I am here, and have typed this.

        Answers in JSON. Typed text is a list of pairs of name and value, the fields of the form.
        """
        edition = self._open_edition(request, pk)
        mine = OpenWork.objects.filter(user=request.user, edition=edition)
        if request.method == "POST":
            try:
                sent = json.loads(request.body)
                typed = _pairs(sent)
            except (ValueError, TypeError, KeyError):
                return JsonResponse({"error": "not understood"}, status=400)
            if sent.get("forget"):
                mine.update(typed=None, kept_at=None)
            return JsonResponse(self._heard(request, edition, typed))
        kept = mine.filter(typed__isnull=False).values_list("typed", flat=True).first()
        answer = {"token": get_token(request), "typed": kept}
        if edition is not None and "remarks" in request.GET:
            answer["remarks"] = self._remarks_html(request, self._with_anchors(edition), {}, edition)
        return JsonResponse(answer)

    def _open_edition(self, request, pk):
        edition = None if pk is None else Edition.objects.select_related("article__topic").filter(pk=pk).first()
        if pk is not None and edition is None:
            raise Http404
        may = self.has_change_permission(request, edition) if edition else self.has_add_permission(request)
        if not may:
            raise PermissionDenied
        return edition

    def _heard(self, request, edition, typed) -> dict:
        now = timezone.now()
        values = {"seen_at": now} if typed is None else {"seen_at": now, "typed": typed, "kept_at": now}
        OpenWork.objects.update_or_create(user=request.user, edition=edition, defaults=values)
        answer = {
            "others": others(edition, request.user),
            "revision": edition.revision if edition else None,
            "kept_at": date_format(timezone.localtime(now), "TIME_FORMAT"),
        }
        if typed is not None:
            answer["remarks"] = self._remarks_html(request, documents.typed(dict(typed)), dict(typed), edition)
        return answer

    def _remarks_html(self, request, content, fields, edition) -> str:
        topic = edition.article.topic if edition else None
        if fields.get("topic", "").isdecimal():
            topic = Topic.objects.filter(pk=fields["topic"][:9]).first() or topic
        found = gate.remarks(content, topic=topic.slug if topic else "", edition=edition)
        return render_to_string("admin/articles/_remarks.html", remarks_context(found, content, edition), request)

    # --- the form -----------------------------------------------------------------------------------------------------

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and ("_kept" in request.POST or self._is_overtaken(request, object_id)):
            edition = self.get_object(request, unquote(object_id)) if object_id else None
            request.POST = self._mended(request, request.POST, edition)
        return super().changeform_view(request, object_id, form_url, extra_context)

    @staticmethod
    def _is_overtaken(request, object_id) -> bool:
        """Whether the form was opened on an older state of the draft than the one that is stored."""
        if object_id is None or not unquote(object_id).isdecimal():
            return False
        opened = request.POST.get("opened", "")
        revision = Edition.objects.filter(pk=unquote(object_id)[:18]).values_list("revision", flat=True).first()
        return str(revision) != opened

    def _mended(self, request, data: QueryDict, edition) -> QueryDict:
        """The form's data with the blocks that were deleted since, or that never were saved, as new ones."""
        mended = data.copy()
        for inline in self.get_inline_instances(request, edition):
            formset = inline.get_formset(request, edition)
            stored = (
                inline.model.objects.filter(**{formset.fk.name: edition}) if edition else inline.model.objects.none()
            )
            _renumber(mended, formset.get_default_prefix(), {str(pk) for pk in stored.values_list("pk", flat=True)})
        return mended

    def render_change_form(self, request, context, **kwargs):
        obj = kwargs.get("obj")
        form = context["adminform"].form
        if kwargs.get("add") or (obj is not None and self.has_change_permission(request, obj)):
            context |= self._work_context(request, obj, form)
        if getattr(form, "is_taken_up", False):
            context["errors"] = None  # nothing is wrong yet; the page says itself what this is
        return super().render_change_form(request, context, **kwargs)

    def _work_context(self, request, edition, form) -> dict:
        name = "articles_edition_work" if edition else "articles_edition_work_new"
        kept = OpenWork.objects.filter(user=request.user, edition=edition, typed__isnull=False).first()
        context = {
            "work_url": reverse(f"admin:{name}", args=[edition.pk] if edition else []),
            "others": others(edition, request.user),
            "kept": kept if not form.is_bound else None,
            "is_bound": form.is_bound,
            "taken_up": getattr(form, "is_taken_up", False) and not form.is_overtaken,
        }
        if getattr(form, "is_overtaken", False):
            last = edition.steps.filter(kind=Step.Kind.SAVED).select_related("by").first()
            theirs = documents.stored(Edition.objects.get(pk=edition.pk))  # as it is, without what the form put in
            ours = documents.typed(form.data.dict())
            context["overtaken"] = {"rows": compare(documents.lines(theirs), documents.lines(ours)), "last": last}
        return context

    @staticmethod
    def remarks_of(edition) -> dict:
        """What the panel of remarks shows of an edition as it is stored."""
        return remarks_context(gate.of(edition), documents.stored(edition), edition)

    @staticmethod
    def _with_anchors(edition) -> dict:
        """The stored document, with the id that each block's part of the form has on a fresh page."""
        content, count = documents.stored(edition), {}
        names = {"text": "text", "figure": "figure", "callout": "callout", "facts": "keyfacts", "pull": "pullquote"}
        for block in content["blocks"]:
            number = count[block["kind"]] = count.get(block["kind"], -1) + 1
            block["anchor"] = f"articles_{names[block['kind']]}_set-{number}"
        return content

    def save_related(self, request, form, formsets, change):
        """Past ContentEditor's own: its "clone" fields would move blocks of any edition into any other."""
        super(ContentEditor, self).save_related(request, form, formsets, change)
        edition = form.instance
        edition.contributors.add(request.user)
        refresh_text(edition)
        edition.revision += 1
        edition.save(update_fields=["revision"])
        services.record(edition, Step.Kind.SAVED, by=request.user)
        self.after_steps()
        OpenWork.objects.filter(user=request.user, edition=edition if change else None).update(typed=None, kept_at=None)


def others(edition, user) -> list[str]:
    """Who else has the edition open now, by name."""
    if edition is None:
        return []
    present = OpenWork.objects.filter(edition=edition, seen_at__gt=timezone.now() - PRESENT).exclude(user=user)
    return [str(work.user) for work in present.select_related("user")]


def remarks_context(found: gate.Remarks, content: dict, edition) -> dict:
    """What the panel of remarks shows."""
    anchors = [block.get("anchor", "") for block in content["blocks"]]
    kinds = [block["kind"] for block in content["blocks"]]

    def shown(finding):
        place = finding.place
        if isinstance(place, int):
            return {"finding": finding, "anchor": anchors[place], "place": f"Block {place + 1}, {kinds[place]}"}
        anchor = {"title": "id_title", "summary": "id_summary", "sources": "sources-group"}.get(place, "")
        return {"finding": finding, "anchor": anchor if any(anchors) else "", "place": place.capitalize()}

    return {
        "red": [shown(finding) for finding in found.red],
        "amber": [shown(finding) for finding in found.amber],
        "excused": found.excused,
        "reading": found.reading,
        "edition": edition,
    }


def _pairs(sent: dict) -> list[list[str]] | None:
    """The typed text of a message from the page. Raises ValueError, TypeError or KeyError for anything else."""
    typed = sent["typed"]
    if typed is None:
        return None
    return [[_storable(name), _storable(value)] for name, value in typed if name != "csrfmiddlewaretoken"]


def _storable(value) -> str:
    """Without what PostgreSQL cannot hold: NUL and half a surrogate pair."""
    return str(value).replace("\0", "").encode(errors="replace").decode()


def _renumber(data: QueryDict, prefix: str, living: set[str]) -> None:
    """Put the rows of a formset whose object still exists first, as it wants them; the others become new ones."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    numbers = range(min(int(total), documents.MOST_ROWS)) if total.isdecimal() and len(total) < 6 else range(0)
    rows = []
    for number in numbers:
        start = f"{prefix}-{number}-"
        rows.append({name.removeprefix(start): data.pop(name) for name in list(data) if name.startswith(start)})
    old = [row for row in rows if row.get("id", [""])[-1] in living]
    new = [{name: value for name, value in row.items() if name != "id"} for row in rows if row not in old]
    new = [row for row in new if row and "DELETE" not in row]
    for number, row in enumerate(old + new):
        for name, value in row.items():
            data.setlist(f"{prefix}-{number}-{name}", value)
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(old + new)), str(len(old))
