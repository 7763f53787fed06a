"""While somebody writes: what they typed is kept, others are told that they are there, and the checks read along."""

import json
import re
import secrets

from content_editor.admin import ContentEditor
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.http import Http404, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.views.decorators.csrf import csrf_protect

from .. import editorial_gate, services
from ..content import edition_snapshot
from ..content.diff import compare
from ..models import (
    DraftAutosave,
    Edition,
    EditionEvent,
    Topic,
    refresh_text,
)

MAX_FINDINGS_SHOWN = 50  # remarks of a level
PRESENCE_TIMEOUT = timezone.timedelta(seconds=60)  # somebody who was heard of within this time has the draft open


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
        """GET: what the window ``page`` keeps, a token for the form, and if asked for the remarks.

        POST: I am here, and have typed this. Answers in JSON. Typed text is a list of pairs of name and value, the
        fields of the form. It is taken even when the draft was handed in meanwhile: then ``closed`` says so.
        """
        edition = self._open_edition(request, pk)
        if request.method == "POST":
            try:
                sent = json.loads(request.body)
                typed, page = _pairs(sent), _window(sent, "page")
            except (ValueError, TypeError, KeyError, RecursionError):
                return JsonResponse({"error": "not understood"}, status=400)
            if sent.get("forget"):
                mine = DraftAutosave.objects.filter(user=request.user, edition=edition, page=page)
                mine.update(typed=None, kept_at=None)
            return JsonResponse(self._heard(request, edition, page, typed))
        page = _window(request.GET, "page")
        mine = DraftAutosave.objects.filter(user=request.user, edition=edition, page=page, typed__isnull=False)
        answer = {"token": get_token(request), "typed": mine.values_list("typed", flat=True).first()}
        if edition is not None and "remarks" in request.GET:
            answer["remarks"] = self._remarks_html(request, self._with_anchors(edition), {}, edition)
        return JsonResponse(answer)

    def _open_edition(self, request, pk):
        edition = None if pk is None else Edition.objects.select_related("article__topic").filter(pk=pk).first()
        if pk is not None and edition is None:
            raise Http404
        if not (self.has_change_permission(request) if edition else self.has_add_permission(request)):
            raise PermissionDenied
        return edition

    def _heard(self, request, edition, page, typed) -> dict:
        now = timezone.now()
        values = {"seen_at": now} if typed is None else {"seen_at": now, "typed": typed, "kept_at": now}
        DraftAutosave.objects.update_or_create(user=request.user, edition=edition, page=page, defaults=values)
        answer = {
            "others": others(edition, request.user),
            "revision": edition.revision if edition else None,
            "kept_at": date_format(timezone.localtime(now), "H:i"),
        }
        if edition is not None and not edition.may_be_edited:
            answer["closed"] = f"It is {edition.get_state_display().lower()} now and cannot be saved any more."
        elif typed is not None:
            answer["remarks"] = self._remarks_html(
                request, edition_snapshot.from_form(dict(typed)), dict(typed), edition
            )
        return answer

    def _remarks_html(self, request, content, fields, edition) -> str:
        topic = edition.article.topic if edition else None
        if fields.get("topic", "").isdecimal():
            topic = Topic.objects.filter(pk=fields["topic"][:9]).first() or topic
        found = editorial_gate.check_snapshot(content, topic=topic.slug if topic else "", edition=edition)
        return render_to_string("admin/articles/_remarks.html", findings_context(found, content, edition), request)

    # --- the form -----------------------------------------------------------------------------------------------------

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and object_id is None and "_kept" in request.POST:
            request.POST = self._mended(request, request.POST, None)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def mend(self, request, edition) -> None:
        """Bring a form that was opened on an older state of the draft up to the one that is locked now."""
        if "_kept" in request.POST or str(edition.revision) != request.POST.get("opened", ""):
            request.POST = self._mended(request, request.POST, edition)

    def _mended(self, request, data: QueryDict, edition) -> QueryDict:
        """The form's data with rows that were deleted since as new ones, and with those that were added since."""
        mended = data.copy()
        for inline in self.get_inline_instances(request, edition):
            formset = inline.get_formset(request, edition)
            rows = inline.model.objects.filter(**{formset.fk.name: edition}) if edition else []
            _renumber(mended, formset.get_default_prefix(), {str(row.pk): _as_sent(row) for row in rows})
        return mended

    def render_change_form(self, request, context, **kwargs):
        obj = kwargs.get("obj")
        form = context["adminform"].form
        if kwargs.get("add") or (obj is not None and self.has_change_permission(request, obj)):
            context |= self._work_context(request, obj, form)
        elif obj is not None:
            context["stranded"] = [
                {"at": work.kept_at, "lines": edition_snapshot.as_lines(edition_snapshot.from_form(dict(work.typed)))}
                for work in _kept(request.user, obj)
            ]
        if getattr(form, "is_taken_up", False) or getattr(form, "is_overtaken", False):
            context["errors"] = None  # nothing is wrong; the page says itself what this is
        return super().render_change_form(request, context, **kwargs)

    def _work_context(self, request, edition, form) -> dict:
        name = "articles_edition_work" if edition else "articles_edition_work_new"
        page = _window(form.data, "_page") if form.is_bound else ""
        page = page or secrets.token_hex(8)
        context = {
            "work_url": reverse(f"admin:{name}", args=[edition.pk] if edition else []),
            "page_token": page,
            "others": others(edition, request.user),
            "kept": [
                {"page": work.page, "at": work.kept_at, "title": dict(work.typed).get("title") or "no title yet"}
                for work in _kept(request.user, edition, but=page)
            ],
            "is_bound": form.is_bound,
            "taken_up": getattr(form, "is_taken_up", False) and not form.is_overtaken,
        }
        if getattr(form, "is_overtaken", False):
            last = edition.steps.filter(kind=EditionEvent.Kind.SAVED).select_related("by").first()
            theirs = edition_snapshot.from_edition(
                Edition.objects.get(pk=edition.pk)
            )  # as it is, without what the form put in
            ours = edition_snapshot.from_form(form.data.dict())
            rows = compare(edition_snapshot.as_lines(theirs), edition_snapshot.as_lines(ours))
            context["overtaken"] = {"rows": [row for row in rows if not row.is_same], "last": last}
        return context

    @staticmethod
    def _with_anchors(edition) -> dict:
        """The stored document, with the id that each block's part of the form has on a fresh page."""
        content, count = edition_snapshot.from_edition(edition), {}
        for block in content["blocks"]:
            number = count[block["kind"]] = count.get(block["kind"], -1) + 1
            block["anchor"] = f"{edition_snapshot.FORM_PREFIXES[block['kind']]}-{number}"
        return content

    def save_related(self, request, form, formsets, change):
        """Past ContentEditor's own: its "clone" fields would move blocks of any edition into any other."""
        super(ContentEditor, self).save_related(request, form, formsets, change)
        edition = form.instance
        edition.contributors.add(request.user)
        refresh_text(edition)
        edition.revision += 1
        edition.save(update_fields=["revision"])
        services.record_event(edition, EditionEvent.Kind.SAVED, by=request.user)
        self.after_steps()
        window = {"user": request.user, "edition": edition if change else None, "page": _window(request.POST, "_page")}
        DraftAutosave.objects.filter(**window).update(typed=None, kept_at=None)


def others(edition, user) -> list[str]:
    """Who else has the edition open now, by name."""
    if edition is None:
        return []
    present = DraftAutosave.objects.filter(edition=edition, seen_at__gt=timezone.now() - PRESENCE_TIMEOUT).exclude(
        user=user
    )
    return list(dict.fromkeys(str(work.user) for work in present.select_related("user").order_by("user_id")))


def _kept(user, edition, but=None):
    """What somebody typed in this edition and never saved, the newest first."""
    kept = DraftAutosave.objects.filter(user=user, edition=edition, typed__isnull=False)
    return kept.exclude(page=but).order_by("-kept_at")[:5]


def findings_context(found: editorial_gate.CheckResult, content: dict, edition) -> dict:
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
        "red": [shown(finding) for finding in found.red[:MAX_FINDINGS_SHOWN]],
        "amber": [shown(finding) for finding in found.amber[:MAX_FINDINGS_SHOWN]],
        "counts": {"red": len(found.red), "amber": len(found.amber)},
        "most": MAX_FINDINGS_SHOWN,
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


def _window(sent, name: str) -> str:
    """The name of the window that a form or message comes from."""
    return _storable(sent.get(name, ""))[:32]


def _storable(value) -> str:
    """Without what PostgreSQL cannot hold: NUL and half a surrogate pair."""
    return str(value).replace("\0", "").encode(errors="replace").decode()


def _renumber(data: QueryDict, prefix: str, stored: dict[str, dict]) -> None:
    """Put the rows of a formset in the order it wants: those that exist, also if the form lacks them, then new ones."""
    rows: dict[int, dict] = {}
    row_field = re.compile(rf"{re.escape(prefix)}-(\d{{1,5}})-(.+)", re.ASCII)
    for name in list(data):
        if found := row_field.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = data.pop(name)
    sent = [rows[number] for number in sorted(rows)]
    keys = [row.get("id", [""])[-1] for row in sent]
    old = [row for row, key in zip(sent, keys, strict=True) if key in stored]
    old += [row for key, row in stored.items() if key not in keys]
    new = [row for row, key in zip(sent, keys, strict=True) if key not in stored and "DELETE" not in row]
    for number, row in enumerate(old + [{**row, "id": [""]} for row in new]):
        for name, value in row.items():
            data.setlist(f"{prefix}-{number}-{name}", value)
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(old + new)), str(len(old))


def _as_sent(row) -> dict[str, list[str]]:
    """A stored row as the browser would send it."""
    values = {name: value for name, value in model_to_dict(row).items() if value is not False}
    return {name: ["on" if value is True else "" if value is None else str(value)] for name, value in values.items()}
