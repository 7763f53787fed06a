"""Index for search what a reader sees, also of editions that are frozen: the index is computed by the database."""

import re
import unicodedata

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.search import CombinedSearchVector, SearchConfig, SearchVector
from django.db import migrations, models

INVISIBLE = (
    r"\u0001-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u0334-\u0338\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
SUPERSCRIPTS = r"\u2120\u2122\u00aa\u00b2\u00b3\u00b9\u00ba\u2070-\u207f"
# Signs between words. PostgreSQL takes each that is not ASCII for a letter, and a slash for a part of a file's name.
SIGNS = (
    r"/|&+\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2190-\u2bff\u3001\u3002\u3008-\u301f"
)
FUNCTION = rf"""
CREATE FUNCTION articles_search_form(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
        translate(
            normalize(
                regexp_replace(
                    regexp_replace(value, '[{INVISIBLE}]', '', 'g'), '[{SUPERSCRIPTS}]|\[\d{{1,3}}\]', ' ', 'g'
                ),
                NFKC
            ),
            U&'\2010\2212', '--'
        ),
        '[{SIGNS}]|(?<=\d)-(?=\d)', ' ', 'g'
    )
$$
"""

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_LETTERS = re.compile(r"[^\W\d_]+")
_MIN_WORD, _MAX_WORD = 3, 40  # letters


def index_spellings(apps, schema_editor):
    """Add the spellings of signed editions that were split by invisible letters, or are there in another form."""
    edition, search_word = apps.get_model("articles", "Edition"), apps.get_model("articles", "SearchWord")
    words = set()
    signed = edition.objects.filter(signed_off_at__isnull=False).values_list("title", "summary", "text")
    for text in (text for texts in signed.iterator(500) for text in texts):
        seen = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        if seen != text:
            words.update(word for word in _LETTERS.findall(seen.lower()) if _MIN_WORD <= len(word) <= _MAX_WORD)
    new = [search_word(word=word) for word in sorted(words)]
    search_word.objects.bulk_create(new, ignore_conflicts=True, batch_size=2000)


def form(column):
    return models.Func(column, function="articles_search_form", output_field=models.TextField())


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_lines_of_sent_back_editions")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION articles_search_form(text)"),
        migrations.RemoveIndex("edition", "edition_title_search"),
        migrations.RemoveIndex("edition", "edition_search"),
        migrations.RemoveField("edition", "search"),
        migrations.AddField(
            "edition",
            "search",
            models.GeneratedField(
                expression=CombinedSearchVector(
                    CombinedSearchVector(
                        SearchVector(form("title"), config="english", weight="A"),
                        "||",
                        SearchVector(form("summary"), config="english", weight="B"),
                        SearchConfig("english"),
                    ),
                    "||",
                    SearchVector(form("text"), config="english", weight="C"),
                    SearchConfig("english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            "edition", django.contrib.postgres.indexes.GinIndex(fields=["search"], name="edition_search")
        ),
        migrations.AddIndex(
            "edition",
            django.contrib.postgres.indexes.GinIndex(
                SearchVector(form("title"), config="english"),
                name="edition_title_search",
                condition=models.Q(state="signed_off"),
            ),
        ),
        migrations.RunPython(index_spellings, migrations.RunPython.noop),
    ]
