"""The libraries of PDF files and videos. A file never changes: a newer one is another row, which may replace it."""

from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.widgets import AdminFileWidget
from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html
from js_asset import Script

from detoxsite.core import upload_pass

from ..content.library_blocks import size_shown
from ..models import PdfFile, Video
from ..uploads import captions, pdf, video
from .library import LibraryAdmin
from .picture_chooser import ChoosesPictures


class FileInput(AdminFileWidget):
    """A choice of a file: the page says before it is sent that it is too large (static/js/upload-size.js)."""

    def __init__(self, accept: str, megabytes: int, attrs=None):
        super().__init__({"accept": accept, "data-max-mb": megabytes, **(attrs or {})})

    @property
    def media(self):
        return forms.Media(js=[Script("js/upload-size.js", type="module")])


class StoredFileForm(forms.ModelForm):
    """Takes over what is measured of a new file."""

    def take(self, facts) -> None:
        for name, value in vars(facts).items():
            if hasattr(self.instance, name):
                setattr(self.instance, name, value)


class PdfFileForm(StoredFileForm):
    author = ""  # whom a new file names

    class Meta:
        model = PdfFile
        fields = ["file", "title", "language", "dated_on", "note", "replaces"]
        help_texts = {"file": f"A PDF, up to {pdf.MAX_SIZE >> 20} MB, without password, scripts or attachments."}

    def clean_file(self):
        upload = self.cleaned_data["file"]
        facts = pdf.inspect(upload)
        self.take(facts)
        self.author = facts.author
        return upload


class VideoForm(StoredFileForm):
    has_pass = True  # without one the web server has kept only the beginning of a large file

    class Meta:
        model = Video
        fields = ["file", "title", "language", "captions", "poster", "transcript"]

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if not self.has_pass:
            raise forms.ValidationError("This page was open too long. Send it again.")
        self.take(video.inspect(upload))
        return upload

    def clean_captions(self):
        upload = self.cleaned_data["captions"]
        if "captions" in self.changed_data and upload:
            captions.check(upload)
        return upload


class StoredFileAdmin(LibraryAdmin):
    list_per_page = 50
    list_filter = ["language", "is_missing"]
    search_fields = ["title"]

    def get_readonly_fields(self, request, obj=None):
        if obj is not None and not self.has_change_permission(request, obj):
            return self.get_fields(request, obj)
        return [*super().get_readonly_fields(request, obj), "measured", "link"]

    @admin.display(description="the file")
    def link(self, obj):
        if obj.is_missing:
            return format_html('<b class="text-error">{}</b>', "The file is missing. Upload it as a new one.")
        return format_html('<a href="{}">Open it</a>', obj.file.url)

    @admin.display(description="state")
    def state(self, obj):
        return format_html('<b class="text-error">{}</b>', "File missing") if obj.is_missing else "Stored"


@admin.register(PdfFile)
class PdfFileAdmin(StoredFileAdmin):
    empty_text = "A PDF is uploaded once and shown by a block of a page. A newer version takes over its address."
    form = PdfFileForm
    blocks = ("downloads",)
    list_display = ["title", "language", "dated_on", "measured", "state", "where_used"]
    autocomplete_fields = ["replaces"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("replacements")

    def get_fields(self, request, obj=None):
        words = ["title", "language", "dated_on", "note", "replaces"]
        if obj is None:
            return ["file", *words]
        newer = ["newer"] if self.has_add_permission(request) or obj.replacements.all() else []
        return ["link", *words, "measured", *newer, "where_used"]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "newer"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "file":
            kwargs |= {"widget": FileInput("application/pdf,.pdf", pdf.MAX_SIZE >> 20), "max_length": None}
        if db_field.name == "dated_on":
            kwargs["widget"] = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            return db_field.formfield(**kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="measured")
    def measured(self, obj):
        tags = "tagged" if obj.is_tagged else "not tagged"
        return f"{obj.pages} page{'' if obj.pages == 1 else 's'}, {size_shown(obj.size)}, {tags}"

    @admin.display(description="a newer one")
    def newer(self, obj):
        """What replaces it, or a link to upload that. The older stays on its pages until the newer is chosen there."""
        newest = max(obj.replacements.all(), key=lambda one: one.pk, default=None)
        if newest is not None:
            address = reverse("admin:articles_pdffile_change", args=[newest.pk])
            return format_html('Replaced by <a href="{}">{}</a>', address, newest)
        query = {"replaces": obj.pk, "title": obj.title, "language": obj.language, "note": obj.note}
        return format_html(
            '<a href="{}?{}">Upload a newer version</a>', reverse("admin:articles_pdffile_add"), urlencode(query)
        )

    def other_uses(self, obj):
        for newer in obj.replacements.all():
            address = reverse("admin:articles_pdffile_change", args=[newer.pk])
            yield address, f"the newer file “{newer}” (people who have the old address are led there)"

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.author:
            self._warn(
                request,
                f"The file names its author, and every reader can see that: {form.author}. If you do not want that, "
                "remove the name from the properties of the document and upload it again.",
            )
        if not change and not obj.is_tagged:
            self._warn(
                request,
                "The file is not tagged: a screen reader cannot tell its headings, lists and fields. Export it as a "
                "tagged PDF, or say in the note where the same is to be read.",
            )

    def _warn(self, request, words: str) -> None:
        self.message_user(request, words, messages.WARNING)


@admin.register(Video)
class VideoAdmin(ChoosesPictures, StoredFileAdmin):
    """A page of its own to upload the video, with few fields; captions and words come after."""

    empty_text = "A video is uploaded here, gets captions, and is then shown by a block of a page."
    form = VideoForm
    blocks = ("players",)
    list_display = ["title", "language", "measured", "has_captions", "state", "where_used"]

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["file", "title", "language"]
        return ["link", "title", "language", "captions", "poster", "transcript", "measured", "where_used"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.has_pass = upload_pass.is_valid(request.headers.get("Cookie", ""))
        return form

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "file":
            limit = settings.VIDEO_MAX_MB
            kwargs |= {"widget": FileInput(video.ACCEPT, limit), "max_length": None}
            kwargs["help_text"] = (
                f"MP4 (H.264) or WebM, up to {limit} MB. Keep this page open while it is sent. Captions, the picture "
                "before it plays and the transcript are added on the next page."
            )
        if db_field.name == "captions":
            kwargs |= {"widget": FileInput("text/vtt,.vtt", captions.MAX_SIZE >> 20), "max_length": None}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="measured")
    def measured(self, obj):
        minutes, seconds = divmod(obj.seconds, 60)
        return f"{obj.width} × {obj.height}, {minutes}:{seconds:02d} min, {size_shown(obj.size)}"

    @admin.display(description="captions", boolean=True)
    def has_captions(self, obj):
        return bool(obj.captions)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Whoever may upload a video gets a pass for its size; nobody else's large request is received."""
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if object_id is None and self.has_add_permission(request):
            upload_pass.issue(response)
        return response

    def render_change_form(self, request, context, add=False, **kwargs):
        if add:
            context["show_save_and_add_another"] = False  # the captions come next
        return super().render_change_form(request, context, add=add, **kwargs)

    def response_add(self, request, obj, post_url_continue=None):
        """Go on to the page where captions are added."""
        if IS_POPUP_VAR not in request.POST:
            request.POST = request.POST.copy()
            request.POST["_continue"] = "1"
        return super().response_add(request, obj, post_url_continue)

    def save_model(self, request, obj, form, change):
        """Deletes captions that were replaced."""
        replaced = Video.objects.get(pk=obj.pk).captions if change and "captions" in form.changed_data else None
        super().save_model(request, obj, form, change)
        if replaced:
            transaction.on_commit(lambda: replaced.delete(save=False))
