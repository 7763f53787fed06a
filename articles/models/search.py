"""What search knows besides the articles: words that mean the same, and how words are spelled."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func

MARK_START, MARK_END = "\ue000", "\ue001"  # private-use characters, which html.text takes out of every text


class Synonym(models.Model):
    """Words readers type and the words articles use for the same: brand, generic and street names."""

    typed = models.CharField(
        "when somebody types",
        max_length=300,
        help_text="One or more words or names, separated by commas. Such as “xannies, xanax, alprazolam”.",
    )
    means = models.CharField(
        "also look for",
        max_length=300,
        help_text="What articles call it, separated by commas. Such as “benzodiazepines”.",
    )

    class Meta:
        ordering = ["typed"]
        verbose_name = "synonym for search"
        verbose_name_plural = "synonyms for search"

    def __str__(self):
        return f"{self.typed} → {self.means}"


class SearchWord(models.Model):
    """A word of a signed-off edition, as it is spelled there: what a mistyped word may have been meant to be."""

    word = models.CharField(max_length=40, primary_key=True)
    lexeme = models.GeneratedField(
        expression=Func("word", template="(ts_lexize('english_stem', %(expressions)s))[1]"),
        output_field=models.TextField(null=True),
        db_persist=True,
        db_index=True,
        help_text="What the search index knows the word as; empty for a word that is in every text, such as “the”.",
    )

    class Meta:
        indexes = [GinIndex(name="search_word_likeness", fields=["word"], opclasses=["gin_trgm_ops"])]

    def __str__(self):
        return self.word
