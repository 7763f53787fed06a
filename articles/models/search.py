"""Search data besides the articles: synonyms, and the spelling of indexed words."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func

from detoxsite.core.public_changes import changes_of
from detoxsite.core.text_fields import TidyCharField


def search_form(column: str) -> Func:
    """SQL of a text as it is indexed for search: without invisible letters, signs and reference marks.

    The function of the database (migration 0003) does for stored text what ``search.query.search_form`` does for
    typed text. Without it PostgreSQL takes “quoted”, with its quotation marks, and alcohol/drugs for one word each.
    """
    return Func(column, function="articles_search_form", output_field=models.TextField())


MARK_START, MARK_END = "\ue000", "\ue001"  # private-use characters, which sanitizer.text removes from every text


class Synonym(models.Model):
    """Terms readers type and the terms articles use for the same thing: brand, generic and street names."""

    typed = TidyCharField(
        "when readers type",
        max_length=300,
        help_text="One or more words or names, separated by commas. For example “xannies, xanax, alprazolam”.",
    )
    means = TidyCharField(
        "also look for",
        max_length=300,
        help_text="What articles call it, separated by commas. For example “benzodiazepines”.",
    )

    class Meta:
        ordering = ["typed"]
        verbose_name = "synonym for search"
        verbose_name_plural = "synonyms for search"
        triggers = changes_of("center", "*")

    def __str__(self):
        return f"{self.typed} → {self.means}"


class SearchWord(models.Model):
    """A word of a signed-off edition as spelled there: a candidate correction for a mistyped word."""

    word = models.CharField(max_length=40, primary_key=True)
    lexeme = models.GeneratedField(
        expression=Func("word", template="(ts_lexize('english_stem', %(expressions)s))[1]"),
        output_field=models.TextField(null=True),
        db_persist=True,
        db_index=True,
        help_text="The stem in the search index; empty for stop words such as “the”.",
    )

    class Meta:
        indexes = [GinIndex(name="search_word_likeness", fields=["word"], opclasses=["gin_trgm_ops"])]

    def __str__(self):
        return self.word
