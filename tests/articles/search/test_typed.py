"""What readers type on telephones, and what articles hold that readers do not see."""

import html
import re
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from articles.models import SearchWord, Synonym
from articles.search import street_names
from articles.search.plain_form import search_form, typed_form
from tests.articles.search.test_search import known, text, titles
from tests.factories import make_live

pytestmark = pytest.mark.django_db


@pytest.fixture
def articles():
    known(
        "<p>Alcohol’s “withdrawal”—a seizure[1] at night[2]—is an emergency: benzos/opioids, day 5–7.</p>",
        title="Alcohol and seizures",
        summary="Short.",
    )
    known("<p>A café visit costs 120 percent. Naloxone is “free”.</p>", title="Naloxone", summary="Short.")
    known("<p>Oxycodone is an opioid. Take it back to basics.</p>", title="Oxycodone", summary="Short.")
    known(
        "<p>Baclofen relaxes. It is not guar\u00adanteed, and 10\u200bmg is a dose. ﬁve ﬂuids.</p>",
        title="Baclofen",
        summary="Short.",
    )
    known("<p>Buprenorphine helps; a substance.</p>", title="Buprenorphine", summary="Short.")


FOUND = {
    "Alcohol and seizures": [
        "“seizure at night”", "«seizure at night»", "„seizure at night“", "‘seizure at night’",
        "“seizure at night", "seizure at night…", "–alcohol", "— alcohol", "--alcohol", "− alcohol",
        "alcohol –", "seizure—night", "seizure/emergency", "alcohol/benzos", "seizure…", "alcohol’s",
        "alcohol's", "alcohol`s seizure", "ALCOHOL’S", "alcohlo’s", "\u200ealcohol\u200e", "\ufeffalcohol",
        "al\u200bcohol", "alco\xadhol", "ａｌｃｏｈｏｌ", "alcohol\xa0seizure", "alcohol,seizure",
        "alcohol&seizure", "alcohol+seizure", "alcohol;seizure", "(alcohol)seizure", "аlcohol",
        "withdrawal", "emergency", "opioids -oxycodone -helps", "day 5-7", "day 5–7", 
        "seizure[1] at night", "alcohol - seizure",
    ],
    "Naloxone": [
        "free", "cafe\u0301", "café", "“free”", "ﬁve or naloxone -ﬂuids",
    ],
    "Baclofen": [
        "guaranteed", "10mg", "10 mg guaranteed", "five fluids", "ﬁve ﬂuids", "bacs",
    ],
    "Oxycodone": [
        "perc 30", "percs", "oxys", "Oxys’", "–oxycodone seizure", "roxies", "oxycodone™",
    ],
    "Buprenorphine": [
        "subs", "“subs”", "bupe",
    ],
}  # fmt: skip


def test_what_telephones_type_finds_what_readers_see(client, articles):
    expected = {typed: title for title, all_typed in FOUND.items() for typed in all_typed}

    assert {typed: next(iter(titles(client, typed)), None) for typed in expected} == expected


def test_only_a_hyphen_directly_before_a_word_excludes(client, articles):
    assert titles(client, "-naloxone percent") == []
    assert titles(client, "—naloxone percent") == titles(client, "- naloxone percent") == ["Naloxone"]
    assert titles(client, '-"is free" naloxone') == titles(client, "-“is free” naloxone") == []


@pytest.mark.parametrize("typed", ["perc 30", "bacs", "benzos", "subs", "oxys", "norco", "m30", "2 30", "blues"])
def test_a_known_name_is_never_corrected(client, articles, typed):
    Synonym.objects.create(typed="blues, blue footballs", means="fentanyl")

    assert "Did you mean" not in text(client, typed)


def test_the_synonyms_of_staff_have_precedence(client, articles):
    Synonym.objects.create(typed="“Subs”", means="naloxone")

    assert titles(client, "subs") == ["Naloxone"]


def test_names_of_the_street_mean_something():
    assert {"perc", "bacs", "benzos", "subs", "oxys", "xanax"} <= street_names.WORDS


def test_snippets_have_no_reference_marks_and_no_invisible_letters(client, articles):
    page = client.get("/search/", {"q": "“seizure at night”"}).content.decode()

    assert "a <mark>seizure</mark> at <mark>night</mark>—is an emergency" in page
    page = client.get("/search/", {"q": "alcohol’s withdrawal"}).content.decode()
    assert "<mark>Alcohol</mark>’s “<mark>withdrawal</mark>”—a seizure at night" in page
    assert "<mark>guaranteed</mark>" in client.get("/search/?q=guaranteed").content.decode()


def frozen(**values):
    """A signed edition that holds text as no form stores it any more."""
    edition = make_live("<p>Nothing of note.</p>")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # without triggers
        for name, value in values.items():
            cursor.execute(f"UPDATE articles_edition SET {name} = %s WHERE id = %s", [value, edition.pk])  # noqa: S608
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return edition


def test_what_is_frozen_already_is_found_as_well(client):
    frozen(title="Bac\u00adlofen\u200b and ﬁve “things”", text="Not guar\u00adanteed.[1] 10\u200bmg cafe\u0301/bar.")
    import_module("articles.migrations.0003_search_as_seen").index_spellings(apps, None)
    assert {"baclofen", "guaranteed", "café", "five"} <= set(SearchWord.objects.values_list("word", flat=True))

    for typed in ("baclofen", "five things", "guaranteed 10mg", "café", "bar"):
        assert len(titles(client, typed)) == 1, typed
    page = client.get("/search/?q=guaranteed+baclofen").content.decode()
    assert "<mark>Baclofen</mark> and ﬁve “things”" in page
    assert "Not <mark>guaranteed</mark>. 10mg" in page


@pytest.mark.parametrize("typed", ["…", "“”", "—", "?!", "\u200b", "🦓", "- -", "„“ ‚‘"])
def test_a_query_without_words_says_so(client, typed):
    shown = text(client, typed)

    if typed != "\u200b":
        assert "There is no word in it. Type what you want to read about" in shown
    assert titles(client, typed) == []


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("“a b” –c", '"a b" c'),
        ("pain‑free", "pain-free"),
        ("it’s the alcohol’s", "it the alcohol"),
        ("a--b c—d", "a b c d"),
        ("24/7", "24 7"),
        ("-word", "-word"),
        ("a@example.org", "a@example.org"),
    ],
)
def test_the_form_of_typed_text(typed, plain):
    assert " ".join(typed_form(typed).split()) == plain


TEXTS = [
    "guar\u00adanteed 10\u200bmg “quoted” ‘a’ don’t and/or 24/7 5–7 5-7 wait… a—b",
    "ﬁve １０ｍｇ cafe\u0301 Suboxone™ 10³ ½ pain‑free −5 a & b + c\u202e see[1][22] © · •",
    "naïve façade\u00a0x\u2060y → 20 °C × 3 €5 ÷ « oui » 。",
]


@pytest.mark.parametrize("stored", TEXTS)
def test_database_and_query_agree_on_the_plain_form(stored):
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_search_form(%s)", [stored])
        (plain,) = cursor.fetchone()

    assert plain.split() == search_form(stored).split()
    assert re.fullmatch(r"[\w\s.'%-]+", plain)


def test_editors_find_articles_and_pictures_as_they_type_them(as_role, articles):
    client = as_role("editor")
    Synonym.objects.create(typed="o’hare pills", means="opioids")

    def rows(address, typed):
        page = client.get(address, {"q": typed}).content.decode()
        return [html.unescape(cell) for cell in re.findall(r'<th class="field-(?:title|typed)">.*?>(.*?)</a>', page)]

    for typed in ("“Alcohol’s” seizures", "alcohol/seizure", "ａｌｃｏｈｏｌ…", "al\u00adcohol", "\u200ewithdrawal"):
        assert rows("/admin/articles/edition/", typed) == ["Alcohol and seizures"], typed
    for typed in ("O'Hare", "“o’hare”", "ｏ’hare\u200b pills"):
        assert rows("/admin/articles/synonym/", typed) == ["o’hare pills"], typed
