import html
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles import services
from articles.models import (
    KeyFacts,
    SearchWord,
    State,
    Synonym,
)
from articles.search import engine, index, words
from detoxsite.core import prepared, site_profile
from tests.factories import (
    make_draft,
    make_live,
    make_person,
    make_user,
)

pytestmark = pytest.mark.django_db


def known(body="<p>Nothing of note.</p>", **fields):
    """A live edition whose spellings are indexed, as they are at sign-off."""
    edition = make_live(body, **fields)
    index.add_spellings(edition)
    return edition


def titles(client, query, page=1) -> list[str]:
    shown = client.get("/search/", {"q": query, "page": page}).content.decode()
    return [html.unescape(re.sub("<[^>]*>", "", title)) for title in re.findall("<h3><a[^>]*>(.*?)</a></h3>", shown)]


def text(client, query) -> str:
    shown = client.get("/search/", {"q": query}).content.decode()
    return " ".join(html.unescape(re.sub("<[^>]*>", "", shown)).split())


@pytest.mark.parametrize(
    "typed",
    [
        *("naltrexone", "NALTREXONE", "naltrexone.", "naltr", "naltrexon", "naltrexome", "naltrexne", "nalrtexone"),
        *("seizures", "seizure", "a seizure of", '"seizure at night"', "withdrawa", "seizures nightly"),
        *("naltrexone or zebras", "naltrexone -zebra", "naltrexone & | ! : * ( seizure"),
    ],
)
def test_an_article_is_found_by_what_it_says_or_nearly_says(client, typed):
    known("<p>Naltrexone helps after withdrawals. A seizure at night is an emergency.</p>", title="The one")
    known("<p>Baclofen relaxes.</p>", title="Another")

    assert titles(client, typed) == ["The one"]


@pytest.mark.parametrize(
    "typed", ["zebra", "naltrexone -seizure", '"night seizure"', "-naltrexone", "the", "x", "zz -naltrexone", "qqqqqqq"]
)
def test_an_article_is_not_found_by_what_it_does_not_say(client, typed):
    known("<p>Naltrexone helps. A seizure at night is an emergency.</p>")

    assert titles(client, typed) == []
    assert f"Nothing found for “{typed}”" in text(client, typed)


def test_titles_come_before_summaries_and_those_before_texts(client):
    known("<p>" + "Thiamine is a vitamin. " * 30 + "</p>", title="In the text", summary="Short.")
    known(title="In the summary", summary="Thiamine and what it does.")
    known(title="Thiamine in the title", summary="Short.")

    assert titles(client, "thiamine") == ["Thiamine in the title", "In the summary", "In the text"]


def test_a_mistyped_word_is_corrected_and_the_page_says_so(client):
    known("<p>Baclofen relaxes. The dose differs.</p>", title="Baclofen")

    shown = text(client, "baclofin dose")

    assert "1 page for “baclofen dose”" in shown
    assert "No page has “baclofin”. Did you mean baclofen dose? Here is what we found for that." in shown
    assert "/search/?q=baclofen%20dose" in client.get("/search/?q=baclofin+dose").content.decode()


@pytest.mark.parametrize("typed", ["baclofen", "baclof", "relaxing", "the"])
def test_a_word_that_is_not_mistyped_is_left_alone(client, typed):
    known("<p>Baclofen relaxes.</p>", title="Baclofen")

    assert "Did you mean" not in text(client, typed)


def test_a_mistyped_word_that_only_a_draft_has_is_not_corrected(client):
    make_draft("<p>Ketamine.</p>", title="Ketamine")

    assert "Did you mean" not in text(client, "ketamin")


def test_synonyms_are_searched_too_in_one_direction(client):
    Synonym.objects.create(typed="Xannies, blue pills", means="benzodiazepines, opioid pills")
    known("<p>Benzodiazepines calm.</p>", title="Benzos")
    known("<p>An opioid pill kills pain.</p>", title="Pills")
    known("<p>What people call xannies.</p>", title="Street names")
    known("<p>Pills that are blue.</p>", title="Blue")

    assert sorted(titles(client, "xannies")) == ["Benzos", "Pills", "Street names"]
    assert sorted(titles(client, "blue pills")) == ["Benzos", "Pills"]
    assert sorted(titles(client, "stop BLUE PILLS!")) == ["Benzos", "Pills"]
    assert titles(client, "benzodiazepines") == ["Benzos"]
    assert "We also looked for benzodiazepines, opioid pills." in client.get("/search/?q=xannies").content.decode()
    assert "We also looked for" not in client.get("/search/?q=calm").content.decode()


def test_a_new_synonym_counts_at_once_where_it_was_made(as_role):
    known("<p>Benzodiazepines calm.</p>", title="Benzos")
    client = as_role("editor")
    assert titles(client, "bars") == []

    client.post("/admin/articles/synonym/add/", {"typed": "bars", "means": "benzodiazepines"})

    assert titles(client, "bars") == ["Benzos"]


def test_if_no_article_has_all_words_those_with_some_are_shown(client):
    known("<p>Baclofen relaxes.</p>", title="One")
    known("<p>Baclofen and thiamine.</p>", title="Two of them")
    known("<p>Sleep.</p>", title="None")

    assert titles(client, "baclofen thiamine ketamine -sleep") == ["Two of them", "One"]
    assert "No page has all of these words. These have some of them." in text(client, "baclofen ketamine")
    assert "No page has all" not in text(client, "baclofen thiamine")


def test_only_what_readers_see_is_found(client):
    live = known("<p>Zebra now.</p>", title="Zebra live")
    known("<p>Quagga then.</p>", title="Quagga old", article=known("<p>Zebra then.</p>", title="Zebra old").article)
    known("<p>Zebra.</p>", title="Zebra withdrawn", state=State.WITHDRAWN)
    known("<p>Zebra.</p>", title="Zebra tomorrow", publish_at=timezone.now() + timezone.timedelta(days=1))
    make_draft("<p>Zebra.</p>", title="Zebra draft", article=live.article)
    make_draft("<p>Zebra.</p>", title="Zebra waiting", state=State.IN_REVIEW)

    assert titles(client, "zebra") == titles(client, "zebr") == titles(client, "zebra qqqq") == ["Zebra live"]


def test_doses_that_a_page_may_hide_are_not_searched(client):
    known(title="Doses", blocks=[KeyFacts(ordering=5, rows="Thiamine | 5 mg", is_dosing=True)])

    assert titles(client, "thiamine") == []


def test_a_snippet_is_taken_from_around_the_match(client):
    known("<p>" + "Sleep and rest. " * 400 + "Happiness needs thiamine daily. " + "Water helps. " * 400 + "</p>")

    snippet = re.search(r"<p>([^<]*<mark>.*?)</p>", client.get("/search/?q=happy+thiamine").content.decode())[1]

    assert "<mark>Happiness</mark> needs <mark>thiamine</mark> daily." in snippet


def test_words_are_marked_in_titles_and_all_else_is_escaped(client):
    known("<p>5 &lt; 6 &amp; thiamine.</p>", title="<b>Thiamine</b>")

    shown = client.get("/search/?q=thiamine").content.decode()

    assert "&lt;b&gt;<mark>Thiamine</mark>&lt;/b&gt;</a></h3>" in shown
    assert "5 &lt; 6 &amp; <mark>thiamine</mark>." in shown


@pytest.mark.parametrize(
    ("query", "count"),
    [
        *(("thiamine", 2), ("thiamin", 2), ("thia", 2), ("vitamins", 2), ('"a vitamin" -zebra', 2), ("thaimine", 2)),
        *(("the", 1), ("qqqqqqq", 2), ("thiamine zebra", 3)),  # no article has all of the words: those with some
    ],
)
def test_a_search_runs_few_queries_whatever_has_to_be_corrected(client, django_assert_num_queries, query, count):
    Synonym.objects.create(typed="vitamins", means="thiamine")
    for number in range(3):
        known("<p>Thiamine is a vitamin.</p>", title=f"Thiamine {number}")
    site_profile.current()

    with django_assert_num_queries(count):
        client.get("/search/", {"q": query})


def test_a_search_without_words_runs_no_query(client, django_assert_num_queries):
    site_profile.current()

    with django_assert_num_queries(0):
        client.get("/search/?q=+")
        client.get("/search/?q=-thiamine")


def test_of_very_many_results_the_best_are_shown_and_the_page_says_so(client, monkeypatch):
    whole = engine.statement
    monkeypatch.setattr(engine, "statement", lambda **kind: whole(**kind).replace(f" {engine.MAX_RESULTS}", " 11"))
    for number in range(14):
        known("<p>Thiamine is a vitamin.</p>", title=f"Number {number}")
    known("<p>Short.</p>", title="Thiamine itself")

    assert "More than 11 pages for “thiamine”" in text(client, "thiamine")
    assert titles(client, "thiamine")[0] == "Thiamine itself"
    assert [len(titles(client, "thiamine", page)) for page in (1, 2, 3)] == [10, 2, 0]


@pytest.fixture
def large_site(monkeypatch):
    """Searches take the site for one that is large; returns a function that sets numbers of the statement."""
    whole, numbers = engine.statement, {engine.INDEX_IS_SLOW: 0}

    def changed(**kind):
        sql = whole(**kind)
        for number, other in numbers.items():
            sql = sql.replace(f" {number}", f" {other}")
        return sql

    monkeypatch.setattr(engine, "statement", changed)
    return numbers.update


def analyze():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_rendering")


def test_on_a_large_site_common_words_are_found_in_the_newest_articles(client, large_site):
    large_site({engine.MAX_RESULTS: 4})
    day = timezone.timedelta(days=1)
    for number in range(8):
        at = timezone.now() - (9 - number) * day
        edition = known("<p>Thiamine is a vitamin.</p>", title=f"Number {number}", publish_at=at)
    known("<p>Thiamine tomorrow.</p>", title="Tomorrow", article=edition.article, publish_at=timezone.now() + day)
    known("<p>Thiamine.</p>", title="Withdrawn", state=State.WITHDRAWN)
    known("<p>Baclofen.</p>", title="Thiamine", publish_at=timezone.now() - 30 * day)
    analyze()

    assert titles(client, "thiamine") == ["Thiamine", "Number 7", "Number 6", "Number 5", "Number 4"]
    assert "More than 4 pages" in text(client, "thiamine")
    assert titles(client, "thiamine -vitamin") == ["Thiamine"]


def test_on_a_large_site_each_article_is_found_once_however_it_is_found(client, large_site):
    large_site({engine.MAX_CHECKED: 3})
    for number in range(7):
        at = timezone.now() - timezone.timedelta(days=number)
        known("<p>Thiamine is a vitamin.</p>" if number % 3 else "<p>Sleep.</p>", title=f"N{number}", publish_at=at)
    analyze()

    assert titles(client, "thiamine") == ["N1", "N2", "N4", "N5"]
    assert titles(client, "vitamin sleep") == ["N0", "N1", "N2", "N3", "N4", "N5", "N6"]


def test_a_phrase_of_common_words_is_looked_for_in_some_articles_and_the_page_says_so(client, monkeypatch):
    known("<p>A seizure at night is an emergency.</p>", title="The phrase")
    for number in range(4):
        known("<p>At night a seizure is an emergency.</p>", title=f"Other order {number}")
    assert '1 page for “"seizure at night"”' in text(client, '"seizure at night"')
    assert "More than" not in text(client, '"seizure at night"')

    whole = engine.statement
    monkeypatch.setattr(engine, "statement", lambda **kind: whole(**kind).replace(f" {engine.MAX_CHECKED}", " 3"))

    for number in range(5):  # whichever are looked at, they have it
        known("<p>Rest after work.</p>", title=f"Rest {number}")
    assert len(titles(client, '"rest after work"')) == 3
    assert 'More than 3 pages for “"rest after work"”' in text(client, '"rest after work"')


def test_a_page_after_the_last_does_not_exist_even_if_more_articles_have_some_of_the_words(client):
    known("<p>Thiamine and baclofen.</p>")
    for number in range(11):
        known("<p>Thiamine.</p>", title=f"Number {number}")

    assert client.get("/search/?q=thiamine+baclofen&page=2").status_code == 404
    assert len(titles(client, "thiamine zebra", 2)) == 2


def test_spellings_are_indexed_at_sign_off(client):
    clinician = make_user("clinician")
    make_person(name="Dana Diaz", credentials="MD", user=clinician)
    draft = make_draft("<p>A café at 10, O’Hare.</p>", title="At ease", summary="No.", state=State.IN_REVIEW)
    assert not SearchWord.objects.exists()

    services.sign_off(draft.pk, by=clinician, read=services.sign_off_fingerprint(draft))

    assert sorted(SearchWord.objects.values_list("word", flat=True)) == ["café", "ease", "hare"]


def test_every_part_of_a_search_uses_an_index():
    call_command("sample", articles=200)
    kinds = [{"has_phrase": a, "has_exclusion": b} for a in (False, True) for b in (False, True)]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # with so few articles it would be the fastest plan
        plans = []
        for sql in (words.SQL, *(engine.statement(**kind) for kind in kinds)):
            cursor.execute(f"EXPLAIN (GENERIC_PLAN) {prepared.numbered(sql)}")
            plans.append("\n".join(line for (line,) in cursor.fetchall()))

    assert [plan.count("Index Scan on edition_title_search") for plan in plans] == [0, 1, 1, 1, 1]
    assert all("Index Scan on edition_search" in plan and "Seq Scan" not in plan for plan in plans)
    assert not any("edition_published" in plan for plan in plans)  # takes longer to read than it saves


@pytest.fixture
def thiamine():
    return known("<p>Thiamine is a vitamin.</p>")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=300),
        st.text(alphabet="ab -\"'\\*:&|!()<>or\x00\ue000 ", max_size=60),
        st.lists(st.sampled_from(["or", "-", '"', "thiamine", "zebra", "-the", '"a b', "x:*", "\\", "''"])).map(
            " ".join
        ),
    )
)
def test_nothing_that_can_be_typed_is_an_error(client, thiamine, typed):
    assert client.get("/search/", {"q": typed}).status_code == 200
    assert isinstance(engine.SearchResults(typed, [{"typed": "zebra, a b", "means": typed}])[0:10], list)


@pytest.mark.parametrize(
    "typed",
    ["\0", "a\0b", "x" * 10_000, "x " * 5_000, '"' * 999, "- " * 99, "🦓🦓🦓", "!?&|", "the of and", "%_\\", "or"],
)
def test_hostile_searches_are_answered(client, typed):
    known("<p>Thiamine is a vitamin.</p>")

    assert client.get("/search/", {"q": typed}).status_code == 200
    assert engine.SearchResults(typed, [])[0:10] == []


def test_words_that_readers_cannot_find_are_not_suggested(client):
    clinician = make_user("clinician")
    make_person(user=clinician)
    make_live("<p>Alcohol and sleep.</p>")
    draft = make_draft("<p>Alcohol and zyxoprene.</p>", state=State.IN_REVIEW)
    tomorrow = timezone.now() + timezone.timedelta(days=1)
    services.sign_off(draft.pk, by=clinician, read=services.sign_off_fingerprint(draft), publish_at=tomorrow)

    page = client.get("/search/?q=alcohol+zixoprene").content.decode()

    assert SearchWord.objects.filter(word="zyxoprene").exists()
    assert "zyxoprene" not in page
