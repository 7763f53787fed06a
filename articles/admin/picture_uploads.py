"""The page on which several pictures are added: files first, then the words of each. No script is needed.

A file is held as soon as it is here (``held_pictures``), so a mistake in one row loses neither this nor any other
picture. With a script each file is sent by itself when it is dropped, and its row is added to the page.
"""

import base64

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse

from detoxsite.core import images
from detoxsite.core.exceptions import Refused
from detoxsite.core.form_fields import key_of

from .. import held_pictures
from ..models import HeldPicture
from .picture_forms import FILE_HELP, STYLES, HeldPictureWords, SharedWords, tags_context

_FILE = images.PictureField()


def add_several_view(model_admin, request):
    """``act``: "hold" takes files, "save" stores what is complete, "remove" with a key drops one."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    act, _, key = request.POST.get("act", "").partition(" ")
    refused, added = _hold(request) if request.method == "POST" else ([], [])
    if act == "hold" and "part" in request.POST:
        rows = "".join(_row_html(held) for held in added)
        return JsonResponse({"rows": rows, "refused": refused})
    if act == "remove":
        HeldPicture.objects.filter(by=request.user, pk=key_of(key)).delete()
    mine = HeldPicture.objects.filter(by=request.user).defer("file")
    is_saved = act == "save"
    shared = SharedWords(request.POST) if is_saved else SharedWords(initial=_typed(request.POST, SharedWords))
    rows = [(held, _form(held, request.POST, is_saved=is_saved)) for held in mine]
    if is_saved and shared.is_valid():
        rows = _save(model_admin, request, rows, shared.cleaned_data)
        if not rows and not refused:
            return redirect("admin:articles_picture_changelist")
    context = _context(model_admin, request) | {"rows": [_row(*row) for row in rows]}
    context |= {"shared": shared, "refused": refused, "media": forms.Media(css=STYLES) + shared.media}
    status = 422 if refused or (is_saved and rows) else 200
    return TemplateResponse(request, "admin/articles/add_several_pictures.html", context, status=status)


def _context(model_admin, request) -> dict:
    """What is the same for all."""
    fixed = {"formats": FILE_HELP, "accept": images.ACCEPT, "max_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES}
    page = {"opts": model_admin.opts, "title": "Add several pictures"}
    return {**model_admin.admin_site.each_context(request), **tags_context(), **page, **fixed}


def _hold(request) -> tuple[list[tuple[str, str]], list[HeldPicture]]:
    """Hold the files of a request. Returns those that are refused, as name and reason, and the others."""
    refused, added = [], []
    for upload in request.FILES.getlist("files"):
        try:
            added.append(held_pictures.hold(upload.name, _FILE.clean(upload), by=request.user))
        except ValidationError as exc:
            refused.append((upload.name, " ".join(exc.messages)))
        except Refused as exc:
            refused.append((upload.name, str(exc)))
    return refused, added


def _save(model_admin, request, rows, shared: dict) -> list:
    """Store the rows that are complete. Returns the others."""
    left, saved = [], 0
    for held, form in rows:
        if not form.is_bound or not form.is_valid():
            left.append((held, form))
            continue
        picture = form.save(commit=False)
        picture.credit = shared["credit"]
        picture.tags = list(dict.fromkeys([*shared["tags"], *form.cleaned_data["tags"]]))
        try:
            held_pictures.complete(held, picture)
        except Refused as exc:
            messages.warning(request, f"“{picture}”: {exc}")
        else:
            saved += 1
            model_admin.log_addition(request, picture, [{"added": {}}])
    if saved:
        messages.success(request, f"{saved} picture{'s' if saved > 1 else ''} added to the library.")
    if left:
        messages.warning(request, f"{len(left)} still need{'' if len(left) > 1 else 's'} something. See below.")
    return left


def _form(held: HeldPicture, data, *, is_saved: bool = False) -> HeldPictureWords:
    """The words of a row: judged where they are to be saved, otherwise as they were typed so far."""
    prefix = f"held-{held.pk}"
    if is_saved and f"{prefix}-title" in data:
        return HeldPictureWords(data, prefix=prefix)
    typed = {"title": held.title, **_typed(data, HeldPictureWords, f"{prefix}-")}
    return HeldPictureWords(prefix=prefix, initial=typed)


def _typed(data, form: type[forms.BaseForm], prefix: str = "") -> dict[str, str]:
    return {name: data[prefix + name] for name in form.base_fields if prefix + name in data}


def _row(held: HeldPicture, form: HeldPictureWords) -> dict:
    return {"held": held, "form": form, "preview": base64.b64encode(held.preview).decode()}


def _row_html(held: HeldPicture) -> str:
    return render_to_string("admin/articles/_held_picture.html", {"row": _row(held, _form(held, {}))})
