"""Draft autosave: keeps unsaved form data, shows who else has the draft open, and runs the checks while typing.

The script of the page is static/js/editor-autosave.js.
"""

import json
import secrets

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from detoxsite.core import presence

from ..content import edition_snapshot
from ..content.diff import compare, differing
from ..models import DraftAutosave, Edition, EditionEvent, Topic
from . import findings
from .formset_rebase import rebased_fields

PRESENCE_TIMEOUT = timezone.timedelta(seconds=60)  # since the last message of a tab that has the draft open
MAX_OFFERED = 5  # autosaves


def autosave_view(model_admin, request, pk):
    """GET: the form data autosaved for the tab ``page``, a CSRF token, and on request the findings.

    POST: reports presence and stores unsaved form data, a list of pairs of name and value. Data is accepted even if
    the draft has been submitted meanwhile; the answer then has ``closed``.
    """
    edition = _edition_or_none(model_admin, request, pk)
    if request.method == "POST":
        try:
            message = json.loads(request.body)
            form_data, page = _form_data(message), page_token(message, "page")
        except (ValueError, TypeError, KeyError, RecursionError):
            return JsonResponse({"error": "malformed message"}, status=400)
        if message.get("discard"):
            clear(user=request.user, edition=edition, page=page)
        return JsonResponse(_store(request, edition, page, form_data))
    page = page_token(request.GET, "page")
    own = DraftAutosave.objects.filter(user=request.user, edition=edition, page=page, form_data__isnull=False)
    answer = {"token": get_token(request), "form_data": own.values_list("form_data", flat=True).first()}
    if edition is not None and "findings" in request.GET:
        snapshot = findings.snapshot_with_anchors(edition)
        answer["findings"] = findings.render_panel(request, snapshot, topic=_topic({}, edition), edition=edition)
    return JsonResponse(answer)


def _edition_or_none(model_admin, request, pk):
    """The edition, or None on the page for a new article. Raises Http404 or PermissionDenied."""
    edition = None if pk is None else Edition.objects.select_related("article__topic").filter(pk=pk).first()
    if pk is not None and edition is None:
        raise Http404
    if not (model_admin.has_change_permission(request) if edition else model_admin.has_add_permission(request)):
        raise PermissionDenied
    return edition


def _store(request, edition, page: str, form_data) -> dict:
    now = timezone.now()
    values = {"seen_at": now} if form_data is None else {"seen_at": now, "form_data": form_data, "autosaved_at": now}
    DraftAutosave.objects.update_or_create(user=request.user, edition=edition, page=page, defaults=values)
    answer = {
        "others": others(edition, request.user),
        "revision": edition.revision if edition else None,
        "autosaved_at": date_format(timezone.localtime(now), "g:i A"),
    }
    if edition is not None and not edition.is_editable:
        state = "archived" if edition.archived_at else edition.get_state_display().lower()
        answer["closed"] = f"This edition is {state} now and can no longer be saved."
    elif form_data is not None:
        fields = dict(form_data)
        answer["findings"] = findings.render_panel(
            request, edition_snapshot.from_form(fields), topic=_topic(fields, edition), edition=edition
        )
    return answer


def _topic(fields: dict[str, str], edition) -> Topic | None:
    """The topic chosen in the form, or else that of the stored article."""
    chosen = None
    if fields.get("topic", "").isdecimal():
        chosen = Topic.objects.filter(pk=fields["topic"][:9]).first()
    return chosen or (edition.article.topic if edition else None)


def clear(*, user, edition, page: str) -> None:
    """Drop the unsaved form data of a tab, which stays present."""
    own = DraftAutosave.objects.filter(user=user, edition=edition, page=page)
    own.update(form_data=None, autosaved_at=None)


def others(edition, user) -> list[str]:
    """The names of other people who have the edition open now."""
    if edition is None:
        return []
    rows = DraftAutosave.objects.filter(edition=edition).select_related("user").order_by("user_id")
    return presence.others(rows, user, actor="user", name="user", timeout=PRESENCE_TIMEOUT)


# --- the form ---------------------------------------------------------------------------------------------------------


def form_context(request, edition, form, formsets) -> dict:
    """Context of the form of an editable draft or a new article: autosaves to restore, other editors, conflicts."""
    new, pk = ("", [edition.pk]) if edition else ("_new", [])
    page = (page_token(form.data, "_page") if form.is_bound else "") or secrets.token_hex(8)
    context = {
        "autosave_url": reverse(f"admin:articles_edition_autosave{new}", args=pk),
        "preview_url": reverse(f"admin:articles_edition_live_preview{new}", args=pk),
        "page_token": page,
        "others": others(edition, request.user),
        "autosaves": [
            {
                "page": autosave.page,
                "at": autosave.autosaved_at,
                "title": dict(autosave.form_data).get("title") or "no title yet",
            }
            for autosave in _restorable(_unsaved(request.user, edition).exclude(page=page), edition, form)
        ],
        "is_bound": form.is_bound,
        "is_restored": form.is_restored and not form.has_conflict,
    }
    if form.has_conflict:
        context["conflict"] = _conflict(edition, rebased_fields(form, formsets))
    return context


def leftover_context(request, edition) -> dict:
    """What the user typed and did not save before the draft was submitted."""
    return {
        "leftovers": [
            {
                "at": autosave.autosaved_at,
                "lines": edition_snapshot.as_lines(edition_snapshot.from_form(dict(autosave.form_data))),
            }
            for autosave in _unsaved(request.user, edition)[:MAX_OFFERED]
        ]
    }


def _unsaved(user, edition):
    """The user's autosaves of an edition with unsaved form data, newest first."""
    autosaves = DraftAutosave.objects.filter(user=user, edition=edition, form_data__isnull=False)
    return autosaves.order_by("-autosaved_at")


def _restorable(autosaves, edition, form) -> list[DraftAutosave]:
    """Those that the form can show: a new page has fields and blocks that a new article has not."""
    is_page = "kind" in form.fields
    return [one for one in autosaves if edition or ("kind" in dict(one.form_data)) == is_page][:MAX_OFFERED]


def _conflict(edition, fields: dict[str, str]) -> dict:
    """The saved version beside the one in the form, where they differ."""
    saved = edition_snapshot.from_edition(Edition.objects.get(pk=edition.pk))  # without what the form put into it
    rows = compare(edition_snapshot.as_lines(saved), edition_snapshot.as_lines(edition_snapshot.from_form(fields)))
    last_save = edition.events.filter(kind=EditionEvent.Kind.SAVED).select_related("by").first()
    return {"rows": differing(rows), "last_save": last_save}


# --- reading messages -------------------------------------------------------------------------------------------------


def _form_data(message: dict) -> list[list[str]] | None:
    """The form data of a message from the page. Raises ValueError, TypeError or KeyError where it is malformed."""
    form_data = message["form_data"]
    if form_data is None:
        return None
    return [[_storable(name), _storable(value)] for name, value in form_data if name != "csrfmiddlewaretoken"]


def page_token(data, name: str) -> str:
    """The token of the browser tab that a form or message comes from."""
    return _storable(data.get(name, ""))[:32]


def _storable(value) -> str:
    """Replace what PostgreSQL cannot store: NUL and unpaired surrogates."""
    return str(value).replace("\0", "").encode(errors="replace").decode()
