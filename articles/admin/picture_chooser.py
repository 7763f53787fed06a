"""Choosing a picture of the library while something else is written, and adding one on the way."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseNotAllowed, JsonResponse
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from js_asset import Script

from detoxsite.core.plain_text import tidy

from ..content.library_snapshot import digits
from ..held_pictures import title_of
from ..lookup import pictures
from ..models import GalleryPicture, Picture
from .lookups import MAX_TYPED
from .picture_forms import FILE_HELP, STYLES, NewPicture

NEWEST = 10  # offered by the list, where scripts do not run
CHOOSE, UPLOAD = (reverse_lazy(f"admin:articles_picture_{name}") for name in ("choose", "upload"))


class Offered:
    """The pictures that some lists offer, read once for all of them: the newest, and those that are chosen."""

    def __init__(self, chosen: Iterable[str]):
        self._chosen = set(filter(None, map(digits, chosen)))

    @cached_property
    def _pictures(self) -> list[Picture]:
        newest = Picture.objects.order_by("-pk").values("pk")[:NEWEST]
        return list(Picture.objects.filter(Q(pk__in=newest) | Q(pk__in=self._chosen)).order_by("-pk"))

    def of(self, chosen: str) -> list[Picture]:
        """``chosen``: the key in this list, or ""."""
        return [one for place, one in enumerate(self._pictures) if place < NEWEST or str(one.pk) == chosen]


def share_offered(rows: list[forms.ModelForm]) -> None:
    """Let the lists of all rows of a formset offer their pictures from one query."""
    fields = rows[0].fields.items() if rows else ()
    for name in [name for name, field in fields if isinstance(field.widget, PictureSelect)]:
        offered = Offered(str(row[name].value() or "") for row in rows)
        for row in rows:
            row.fields[name].widget.offered = offered


class PictureSelect(forms.Select):
    """A list of the chosen picture and the newest. A script puts a dialog in its place (static/js/picture-chooser.js).

    ``may_add``: whether the person may upload pictures; ``several``: whether many can be chosen, each for a block.
    """

    offered: Offered | None = None  # with other rows: share_offered

    def __init__(self, *, may_add: bool, several: bool = False):
        super().__init__()
        self.data = {"data-choose": CHOOSE, "data-upload": UPLOAD if may_add else False, "data-several": several}

    @property
    def media(self):
        return forms.Media(css=STYLES, js=[Script("js/picture-chooser.js", type="module")])

    def build_attrs(self, base_attrs, extra_attrs=None):
        about = {**self.data, "data-optional": not self.is_required, "data-hint": FILE_HELP}
        return {**super().build_attrs(base_attrs, extra_attrs), **about}

    def optgroups(self, name, value, attrs=None):
        chosen = next(filter(None, map(digits, map(str, value))), "")
        options = [self.create_option(name, "", "No picture", not chosen, 0)]
        is_blank = "__prefix__" in name  # a row that only scripts use
        for picture in () if is_blank else (self.offered or Offered([chosen])).of(chosen):
            option = self.create_option(name, picture.pk, str(picture), str(picture.pk) == chosen, len(options))
            if option["selected"]:
                option["attrs"] |= {"data-src": picture.image.preview, "data-alt": picture.alt}
            options.append(option)
        return [(None, options, 0)]


class ChoosesPictures:
    """For an admin or an inline: pictures are chosen with ``PictureSelect``."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if getattr(db_field, "related_model", None) is not Picture:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        may_add = request.user.has_perm("articles.add_picture")
        return db_field.formfield(widget=PictureSelect(may_add=may_add, several=db_field.model is GalleryPicture))


def choose_view(model_admin, request):
    """``{"found": [as_json], "total", "page", "pages", "tags": [[tag, number]]}`` for words, a tag and a page."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if request.method != "POST":  # what is typed is in no log
        return HttpResponseNotAllowed(["POST"])
    typed, tag = (tidy(request.POST.get(name, "")[:MAX_TYPED]) for name in ("typed", "tag"))
    page = pictures.find(typed, tag, request.POST.get("page"))
    answer = {"found": [as_json(one) for one in page], "total": page.paginator.count, "page": page.number}
    tags = pictures.tags() if request.POST.get("tags") else []
    return JsonResponse({**answer, "pages": page.paginator.num_pages, "tags": tags})


def upload_view(model_admin, request):
    """Adds one picture: ``{"picture": as_json}``, or status 422 and ``{"errors": {field: [message]}}``."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    data, file = request.POST.copy(), request.FILES.get("image")
    if file and not data.get("title", "").strip():
        data["title"] = title_of(file.name)
    form = NewPicture(data, request.FILES)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    picture = form.save()
    model_admin.log_addition(request, picture, [{"added": {}}])
    return JsonResponse({"picture": as_json(picture)})


def as_json(picture: Picture) -> dict:
    about = {"id": picture.pk, "title": picture.title, "alt": picture.alt, "credit": picture.credit}
    return {**about, "square": picture.image.square, "preview": picture.image.preview}
