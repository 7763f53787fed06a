"""The libraries of files: PDF files to download, and videos with their captions.

What a file says about itself (size, pages, width) is measured when it is uploaded (articles/uploads) and never typed.
"""

import secrets
from pathlib import PurePosixPath

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import slugify

from detoxsite.core.text_fields import TidyCharField, TidyTextField

from ..uploads.video import WEBM
from . import library_triggers
from .pictures import Picture


class Language(models.TextChoices):
    EN = "en", "English"
    ES = "es", "Spanish"
    AR = "ar", "Arabic"
    ZH = "zh", "Chinese"
    FR = "fr", "French"
    HT = "ht", "Haitian Creole"
    KO = "ko", "Korean"
    PT = "pt", "Portuguese"
    RU = "ru", "Russian"
    TL = "tl", "Tagalog"
    VI = "vi", "Vietnamese"


class StoredFile(models.Model):
    """A file of a library. ``file_fields``: its files, of which each gets a name that none had before."""

    file_fields = ("file",)

    title = TidyCharField(max_length=80)
    language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    size = models.PositiveIntegerField("size in bytes", default=0, editable=False)
    digest = models.CharField("SHA-256", max_length=64, editable=False)  # of the file, in hexadecimal
    is_missing = models.BooleanField("file is missing", default=False, editable=False)  # found by the job that looks

    class Meta:
        abstract = True

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        """Give a new file a name that none had before: files are cached by browsers and proxies for good."""
        for name in self.file_fields:
            file = getattr(self, name)
            if file and not file._committed:
                stem = slugify(PurePosixPath(file.name).stem)[:60] or "file"
                file.name = f"{stem}-{secrets.token_hex(4)}{self._ending_of(name)}"
        super().save(*args, **kwargs)

    def _ending_of(self, name: str) -> str:
        """The ending that fits what is in a new file, whatever it was called: addresses and types depend on it."""
        raise NotImplementedError

    def delete(self, *args, **kwargs):
        """Delete the row and, on commit, its files."""
        files = [getattr(self, name) for name in self.file_fields]
        deleted = super().delete(*args, **kwargs)
        for file in files:
            transaction.on_commit(lambda file=file: file.delete(save=False))
        return deleted


class PdfFile(StoredFile):
    """A PDF to download, at an address of its own that goes on to lead somewhere after a newer file has replaced it."""

    file = models.FileField(upload_to="files/", unique=True)
    dated_on = models.DateField("date", default=timezone.localdate, help_text="Readers see it: how new the file is.")
    note = TidyCharField(
        "accessibility note",
        max_length=200,
        help_text="For people who cannot read a PDF: “Can be read aloud”, or where the same is said in another way.",
    )
    pages = models.PositiveIntegerField(default=0, editable=False)
    is_tagged = models.BooleanField(default=False, editable=False)
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replacements",
        help_text="The older file. Its address leads to this one as soon as readers find this one on a page.",
    )

    class Meta:
        ordering = ["title", "-dated_on"]
        verbose_name = "PDF file"
        triggers = library_triggers.PDF_FILE
        constraints = [
            models.CheckConstraint(  # so that replacements never run in a circle
                name="pdf_replaces_older",
                condition=Q(replaces=None) | Q(replaces__lt=F("id")),
                violation_error_message="A file can only replace one that was added before it.",
            ),
            models.CheckConstraint(
                name="pdf_has_note",
                condition=~Q(note=""),
                violation_error_message="Say how people who cannot read a PDF get the same.",
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.get_language_display()}, {self.dated_on})"

    def _ending_of(self, name):
        return ".pdf"


class Video(StoredFile):
    """A video of the center's own, with captions in a file beside it."""

    file_fields = ("file", "captions")

    file = models.FileField("video", upload_to="videos/")
    captions = models.FileField(
        upload_to="videos/",
        blank=True,
        help_text="A WebVTT file (.vtt) in the language of the video. Without one its page is not signed off.",
    )
    poster = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="videos",
        verbose_name="picture before it plays",
    )
    transcript = TidyTextField(
        blank=True,
        help_text="What is said, and what matters to see. It is on the page, and the search finds it.",
    )
    width = models.PositiveIntegerField("width in pixels", default=0, editable=False)
    height = models.PositiveIntegerField("height in pixels", default=0, editable=False)
    seconds = models.PositiveIntegerField("length in seconds", default=0, editable=False)

    class Meta:
        ordering = ["title"]
        triggers = library_triggers.VIDEO

    def _ending_of(self, name):
        if name == "captions":
            return ".vtt"
        self.file.seek(0)
        is_webm = self.file.read(len(WEBM)) == WEBM
        self.file.seek(0)
        return ".webm" if is_webm else ".mp4"
