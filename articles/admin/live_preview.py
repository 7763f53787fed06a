"""The page that readers would see of a draft as it stands in somebody's form, autosaved and not saved yet.

A page is rendered from rows of the database, by one query. So the rows of the form are written, rendered, and taken
back with their transaction: what is shown is what a save would make of them. Rows that cannot be stored yet (a figure
without a picture) are left out.
"""

import secrets
from functools import cache

from csp.constants import SELF
from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, transaction
from django.db.models import URLField
from django.forms import ModelForm, modelform_factory
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked
from detoxsite.core.page_metadata import Page

from ..content.edition_snapshot import FORM_PREFIXES, form_rows, from_form
from ..content.library_snapshot import digits
from ..content.rendering import with_body
from ..models import BLOCKS, SOURCE_FIELDS, Article, DraftAutosave, Edition, Kind, Person, Source, Topic, blocks_of
from ..services import next_number
from ..views import render_preview
from . import changes
from .autosave import page_token

_NO_FIELDS = {"id", "parent", "edition", "region"}
_REFUSED = (DataError, IntegrityError, ValueError)


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def live_preview_view(model_admin, request, pk):
    """The page of the draft as the tab ``page`` of whoever asks has autosaved it, or else as it is saved: with
    ``changes`` in the address, those are marked.

    ``pk`` is None on the page for a new article.
    """
    edition = None if pk is None else Edition.objects.select_related("article").filter(pk=pk).first()
    if pk is not None and edition is None:
        raise Http404
    if not (model_admin.has_view_permission(request, edition) if edition else model_admin.has_add_permission(request)):
        raise PermissionDenied
    page = page_token(request.GET, "page")
    own = DraftAutosave.objects.filter(user=request.user, edition=edition, page=page, form_data__isnull=False)
    data = own.values_list("form_data", flat=True).first()
    if data is None or (edition and not edition.is_editable):
        return _saved(request, edition)
    return _as_typed(request, edition, dict(data))


def _saved(request, edition: Edition | None) -> HttpResponse:
    if edition is None:
        return _nothing(request)
    if "changes" in request.GET and edition.is_open:
        return changes.preview_with_changes(request, edition)
    return render_preview(request, with_body(Edition.objects.filter(pk=edition.pk)).get())


def _nothing(request) -> HttpResponse:
    page = Page("Preview", "", index=False)
    return render(request, "admin/articles/no_preview.html", {"page": page})


def _as_typed(request, edition: Edition | None, fields: dict[str, str]) -> HttpResponse:
    """Everything that is written here is taken back."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                edition = _cleared(edition) if edition else _made(fields, request.user)
        except (*_REFUSED, Refused):
            response = _nothing(request)
        else:
            if edition.is_editable:
                _write(edition, fields)
                response = _rendered(request, edition.pk, from_form(fields))
            else:
                response = _saved(request, edition)
        transaction.set_rollback(True)
    return response


def _rendered(request, pk: int, snapshot: dict) -> HttpResponse:
    edition = with_body(Edition.objects.filter(pk=pk)).get()
    edition.title, edition.summary = snapshot["title"] or "Without a title", snapshot["summary"]
    edition.author = Person.objects.filter(pk=digits(snapshot["author"]) or 0).first() or edition.author
    return render_preview(request, edition)


def _cleared(edition: Edition) -> Edition:
    """The edition without blocks and sources; locked first, in the order of a save.

    One that a colleague has just sent for review stays as it is.
    """
    edition = locked(Edition.objects, edition.pk)
    if not edition.is_editable:
        return edition
    for model in {type(block) for block in blocks_of(edition)}:
        model.objects.filter(parent=edition).delete()
    edition.sources.all().delete()
    return edition


def _made(fields: dict[str, str], user) -> Edition:
    """An edition of a new article. Its address is not the one that it will have."""
    kind = fields.get("kind", Kind.ARTICLE)
    chosen = Topic.objects.filter(pk=digits(fields.get("topic", "")) or 0).first() or Topic.objects.first()
    topic = chosen if kind == Kind.ARTICLE else None
    article = Article.objects.create(kind=kind, topic=topic, slug=f"preview-{secrets.token_hex(8)}")
    return Edition.objects.create(
        article=article, number=next_number(article), author=Person.objects.first(), created_by=user, title="Preview"
    )


def _write(edition: Edition, fields: dict[str, str]) -> None:
    for model in BLOCKS:
        form_class, prefix = _form(model), FORM_PREFIXES[model.kind]
        for row in form_rows(model, prefix, fields, list(form_class.base_fields)):
            _store(form_class(row), parent=edition)
    for row in form_rows(Source, "sources", fields, SOURCE_FIELDS):
        _store(_form(Source)(row), edition=edition)


def _store(form: ModelForm, **owner) -> None:
    """What is valid of a row; the rest is as in a new one."""
    row, _ = form.instance, form.errors
    for name, value in owner.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except _REFUSED:
        pass


@cache
def _form(model) -> type[ModelForm]:
    names = [field.name for field in model._meta.fields if field.name not in _NO_FIELDS and field.editable]
    return modelform_factory(model, fields=names, formfield_callback=_form_field)


def _form_field(field, **kwargs):
    return field.formfield(**kwargs, **({"assume_scheme": "https"} if isinstance(field, URLField) else {}))
