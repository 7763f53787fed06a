"""Articles of blocks, as the documentation of StreamField sets them up."""

from django.db import models
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page

RICH = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "superscript", "subscript"]


class Topic(models.Model):
    name = models.CharField(max_length=60)

    def __str__(self):
        return self.name


class DangerBox(blocks.StructBlock):
    title = blocks.CharBlock()
    text = blocks.RichTextBlock(features=["bold", "italic", "ol", "ul", "link"])

    class Meta:
        icon = "warning"


class SourceBlock(blocks.StructBlock):
    authors = blocks.CharBlock(required=False)
    title = blocks.CharBlock()
    journal = blocks.CharBlock()
    year = blocks.IntegerBlock(required=False)
    detail = blocks.CharBlock(required=False, label="Volume, pages")
    doi = blocks.CharBlock(required=False, label="DOI")

    class Meta:
        icon = "doc-full"


class ArticleIndex(Page):
    subpage_types = ["journal.Article"]


class Article(Page):
    summary = models.TextField(max_length=300)
    topic = models.ForeignKey(Topic, models.PROTECT)
    body = StreamField(
        [
            ("heading", blocks.CharBlock(form_classname="title", icon="title")),
            ("paragraph", blocks.RichTextBlock(features=RICH)),
            ("picture", ImageChooserBlock()),
            ("danger_box", DangerBox()),
            ("source", SourceBlock()),
        ]
    )

    parent_page_types = ["journal.ArticleIndex"]
    subpage_types = []
    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("topic"), FieldPanel("body")]
