"""Choosing a picture of the library while something else is written, and adding one on the way."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseNotAllowed, JsonResponse
from django.urls import reverse_lazy
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


class PictureSelect(forms.Select):
    """A list of the chosen picture and the newest. A script puts a dialog in its place (static/js/picture-chooser.js).

    ``may_add``: whether the person may upload pictures; ``several``: whether many can be chosen, each for a block.
    """

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
        for picture in self._offered(name, chosen):
            option = self.create_option(name, picture.pk, str(picture), str(picture.pk) == chosen, len(options))
            if option["selected"]:
                option["attrs"] |= {"data-src": picture.image.preview, "data-alt": picture.alt}
            options.append(option)
        return [(None, options, 0)]

    @staticmethod
    def _offered(name: str, chosen: str):
        if "__prefix__" in name:  # of a blank row, which only scripts use
            return []
        newest = Picture.objects.order_by("-pk").values("pk")[:NEWEST]
        return Picture.objects.filter(Q(pk__in=newest) | Q(pk=chosen or None)).order_by("-pk")


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
