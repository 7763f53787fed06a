"""The blocks that articles and pages are made of, and the numbered sources."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from detoxsite.core.text_fields import TidyCharField, TidyTextField, TidyURLField

from ..rich_text import sanitizer
from ..rich_text.elements import PLAIN
from ..rich_text.fields import RichTextField
from . import triggers
from .editions import Edition
from .pictures import Picture

REGION = "main"
SOURCE_FIELDS = ("position", "authors", "title", "container", "year", "detail", "doi", "pmid", "url", "accessed_on")
IS_DOSING = models.BooleanField(
    "holds doses", default=False, help_text="Hidden from readers while the medical review is overdue."
)
PICTURE_FIELDS = {  # what a block shows of its picture
    "image": "picture__image",
    "width": "picture__image_width",
    "height": "picture__image_height",
    "ppoi": "picture__image_ppoi",
    "alt": "picture__alt",
}


class Source(models.Model):
    """A numbered source of an edition. Text refers to it as ``[1]``."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField("number", help_text="In the text: [1]")
    authors = TidyCharField(max_length=300, blank=True)
    title = TidyCharField(max_length=300)
    container = TidyCharField("journal or agency", max_length=200)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    detail = TidyCharField("volume, pages", max_length=120, blank=True)
    doi = TidyCharField(
        "DOI",
        max_length=120,
        blank=True,
        validators=[RegexValidator(r"^10\.\d{4,9}/\S+$", "A DOI starts with “10.” and has a slash.")],
    )
    pmid = TidyCharField(
        "PMID", max_length=9, blank=True, validators=[RegexValidator(r"^\d{1,9}$", "A PMID is a number.")]
    )
    url = TidyURLField("web address", blank=True, max_length=300, help_text="Where there is no DOI.")
    accessed_on = models.DateField(null=True, blank=True, help_text="When it was last read at that address.")

    class Meta:
        ordering = ["position"]
        triggers = triggers.part_of_edition("edition_id")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "position"],
                name="source_numbered_once",
                deferrable=models.Deferrable.DEFERRED,  # two sources may swap numbers in one save
                violation_error_message="Two sources have this number.",
            )
        ]

    def __str__(self):
        return f"[{self.position}] {self.title}"


class Block(models.Model):
    """A part of the text of an edition: a row of the table of its kind, in the order of ``ordering``."""

    parent = models.ForeignKey(Edition, models.CASCADE, related_name="%(app_label)s_%(class)s_set")
    region = models.CharField(max_length=255)  # always REGION; stored since texts could have several columns
    ordering = models.IntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self._meta.verbose_name}, place {self.ordering}"


class Text(Block):
    kind, rendered_fields = "text", {"body": "body", "is_dosing": "is_dosing"}

    body = RichTextField()
    is_dosing = IS_DOSING.clone()

    class Meta:
        verbose_name_plural = "text"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.plain_text()[:60] or "Text"

    def plain_text(self):
        return sanitizer.text(self.body)


class Figure(Block):
    kind, rendered_fields = "figure", PICTURE_FIELDS | {"caption": "caption", "is_opening": "is_opening"}

    picture = models.ForeignKey(Picture, models.PROTECT, related_name="figures")
    caption = TidyCharField(max_length=300, blank=True)
    is_opening = models.BooleanField(
        "opening picture",
        default=False,
        db_default=False,
        help_text="Beside the title of a page, where it is the first block.",
    )

    class Meta:
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.caption[:60] or "Figure"

    def plain_text(self):
        return self.caption


class Tone(models.TextChoices):
    DANGER = "danger", "Danger: red, for danger to life only"
    WARNING = "warning", "Warning"
    NOTE = "note", "Note"


class Callout(Block):
    kind, rendered_fields = "callout", {"tone": "tone", "title": "title", "body": "body"}

    tone = models.CharField("kind", max_length=8, choices=Tone, default=Tone.NOTE)
    title = TidyCharField(max_length=90)
    body = RichTextField(elements=PLAIN)

    class Meta:
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def plain_text(self):
        return f"{self.title}. {sanitizer.text(self.body)}"


class KeyFacts(Block):
    kind, rendered_fields = "facts", {"title": "title", "rows": "rows", "is_dosing": "is_dosing"}

    title = TidyCharField(max_length=90, default="Key facts")
    rows = TidyTextField(help_text="One fact per line: a name, a vertical bar, the fact. For example “Form | Tablet”.")
    is_dosing = IS_DOSING.clone()

    class Meta:
        verbose_name = "key facts"
        verbose_name_plural = "key facts"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.title

    def clean(self):
        for line in self.rows.splitlines():
            if line.strip() and "|" not in line:
                raise ValidationError({"rows": f"Each line needs a vertical bar ( | ). This one has none: {line}"})

    def plain_text(self):
        return f"{self.title}. {self.rows.replace('|', ':')}"


class PullQuote(Block):
    kind, rendered_fields = "pull", {"quote": "quote", "attribution": "attribution"}

    quote = TidyTextField(max_length=500)
    attribution = TidyCharField(max_length=160, help_text="Who said it, and where.")

    class Meta:
        verbose_name = "pull quote"
        triggers = triggers.part_of_edition("parent_id")

    def __str__(self):
        return self.quote[:60]

    def plain_text(self):
        return f"{self.quote} {self.attribution}"
