"""Blocks of pages that show something of a library: pictures in a row, a map, a file, a video."""

from django.db import models

from detoxsite.core.text_fields import TidyCharField

from ..rich_text import sanitizer
from ..rich_text.elements import PLAIN
from ..rich_text.fields import RichTextField
from . import triggers
from .blocks import PICTURE_FIELDS, Block
from .files import PdfFile, Video
from .pictures import Picture


class GalleryPicture(Block):
    """A picture of a gallery. Those that follow each other are shown side by side."""

    kind, rendered_fields = "gallery", PICTURE_FIELDS | {"caption": "caption"}

    picture = models.ForeignKey(Picture, models.PROTECT, related_name="gallery_pictures")
    caption = TidyCharField(max_length=160, blank=True)

    class Meta:
        verbose_name = "gallery picture"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.caption[:60] or "Gallery picture"

    def plain_text(self):
        return self.caption


class MapPicture(Block):
    """A map as a picture, with the way in words and a link to a map of another site."""

    kind = "map"
    rendered_fields = PICTURE_FIELDS | {"title": "title", "body": "body", "address": "address"}

    title = TidyCharField("heading", max_length=60)
    picture = models.ForeignKey(
        Picture, models.PROTECT, related_name="maps", help_text="A drawing or a screenshot that you may show."
    )
    body = RichTextField(
        "the way in words",
        elements=PLAIN,
        help_text="Enough to arrive without the map: on foot, by bus, by car.",
    )
    address = TidyCharField(
        max_length=160, help_text="As a map service finds it, for example “12 Main Street, Springfield, ME 00000”."
    )

    class Meta:
        verbose_name = "map"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def plain_text(self):
        return f"{self.title}. {self.address}. {sanitizer.text(self.body)}"


class Download(Block):
    """A file to download. Those that follow each other are shown as one list."""

    kind = "download"
    rendered_fields = {
        name: f"file__{name}"
        for name in ("title", "file", "language", "dated_on", "note", "pages", "size", "is_missing")
    }

    file = models.ForeignKey(PdfFile, models.PROTECT, related_name="downloads")

    class Meta:
        verbose_name = "file to download"
        verbose_name_plural = "files to download"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return str(self.file)

    def plain_text(self):
        return f"{self.file.title}. {self.file.note}"


class VideoPlayer(Block):
    """A video of the center's own. It plays when a reader starts it, and nothing of it is fetched before."""

    kind = "video"
    rendered_fields = {
        "caption": "caption",
        **{
            name: f"video__{name}"
            for name in (
                *("title", "file", "language", "captions", "transcript", "width", "height", "seconds", "size"),
                "is_missing",
            )
        },
        **{f"poster_{name}": f"video__poster__{field}" for name, field in (("image", "image"), ("ppoi", "image_ppoi"))},
        **{f"poster_{name}": f"video__poster__image_{name}" for name in ("width", "height")},
    }

    video = models.ForeignKey(Video, models.PROTECT, related_name="players")
    caption = TidyCharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "video"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return str(self.video)

    def plain_text(self):
        return f"{self.video.title}. {self.caption} {self.video.transcript}".strip()
