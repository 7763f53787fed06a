"""The desk where articles are written, through its addresses."""

import pytest
from django.urls import reverse

from articles.models import Article, Edition, State
from tests.factories import make_draft, make_live, make_person, make_topic

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/edition/"
TEXTS = "articles_text_set"
INLINES = (
    *(TEXTS, "articles_figure_set", "articles_callout_set", "articles_keyfacts_set", "articles_pullquote_set"),
    "sources",
)


def posted(*, texts=(), sources=(), **fields):
    """What the browser sends for an edition with new blocks of text and new sources."""
    data = {"title": "A title", "summary": "A summary of it all.", "slug": "", **fields}
    for name in INLINES:
        rows = {TEXTS: texts, "sources": sources}.get(name, ())
        data |= {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0}
    for number, body in enumerate(texts):
        data |= {
            f"{TEXTS}-{number}-body": body,
            f"{TEXTS}-{number}-region": "main",
            f"{TEXTS}-{number}-ordering": (number + 1) * 10,
        }
    for number, source in enumerate(sources):
        data |= {f"sources-{number}-{name}": value for name, value in source.items()}
    return data


def prefixes(html):
    return [name for name in INLINES if f'name="{name}-TOTAL_FORMS"' in html]


def test_an_editor_writes_an_article_in_one_go(as_role):
    client = as_role("editor")
    assert prefixes(client.get(f"{LIST}add/").content.decode()) == list(INLINES)
    source = {"position": 1, "title": "A study", "container": "JAMA", "doi": "10.1001/jama.2019.17725"}
    data = posted(
        texts=["<h2>One</h2><p>Two words.[1]</p>", "<script>x()</script><p>Three.</p>"],
        sources=[source],
        topic=make_topic().pk,
        author=make_person().pk,
    )

    response = client.post(f"{LIST}add/", data)

    edition = Edition.objects.get()
    assert response.status_code == 302
    assert (edition.article.slug, edition.number, edition.state) == ("a-title", 1, State.DRAFT)
    assert edition.created_by == client.user
    assert [block.body for block in edition.blocks()] == ["<h2>One</h2><p>Two words.[1]</p>", "<p>Three.</p>"]
    assert edition.text == "One Two words.[1]\nThree."
    assert edition.word_count == 4


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "This field is required."),
        ({"slug": "feed"}, "taken by the site itself"),
        ({"slug": "taken"}, "already exists"),
        ({"summary": "x" * 200}, "at most 160 characters"),
        ({"sources": [{"position": 1, "title": "T", "container": "C", "doi": "11.1/x"}]}, "A DOI starts with"),
    ],
)
def test_a_mistake_is_worded_beside_the_field_and_the_text_is_kept(as_role, fields, words):
    client = as_role("editor")
    make_draft(slug="taken")
    data = posted(texts=["<p>Long work.</p>"], **{"topic": make_topic().pk, "author": make_person().pk, **fields})

    response = client.post(f"{LIST}add/", data)

    html = response.content.decode()
    assert response.status_code == 200
    assert words in html
    assert "Long work." in html
    assert Article.objects.count() == 1


def test_what_is_signed_off_is_shown_but_not_changed(as_role):
    client = as_role("editor")
    live = make_live(title="As signed")

    page = client.get(f"{LIST}{live.pk}/change/").content.decode()
    client.post(f"{LIST}{live.pk}/change/", posted(title="Changed"))

    live.refresh_from_db()
    assert prefixes(page) == []
    assert "Start a new draft" in page
    assert live.title == "As signed"


def test_from_the_live_page_to_a_new_draft_in_one_step(as_role):
    client = as_role("editor")
    live = make_live()

    response = client.post(f"{LIST}{live.pk}/act/start-draft/")

    draft = Edition.objects.get(number=2)
    assert response.headers["Location"] == f"{LIST}{draft.pk}/change/"
    assert Edition.objects.live().get() == live


def test_the_clinician_reads_sends_back_and_signs_off(as_role):
    client = as_role("clinician")
    make_person(name="Dana Diaz", user=client.user)
    draft = make_draft("<p>Read me well.</p>", state=State.IN_REVIEW)
    act = f"{LIST}{draft.pk}/act"

    assert b"Read me well." in client.get(reverse("admin:articles_edition_preview", args=[draft.pk])).content
    assert "This field is required." in client.post(f"{act}/send-back/").content.decode()
    client.post(f"{act}/send-back/", {"send-back-note": "Add a source."})
    draft.refresh_from_db()
    assert (draft.state, draft.note) == (State.DRAFT, "Add a source.")
    Edition.objects.update(state=State.IN_REVIEW)
    client.post(f"{act}/sign-off/")
    assert "Dana Diaz" in client.get(draft.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("editor", {"submit", "start-draft"}),
        ("clinician", {"send-back", "sign-off", "withdraw"}),
        ("moderator", set()),
        ("admissions", set()),
        ("compliance", set()),
    ],
)
def test_each_role_takes_its_own_steps_only(as_role, role, allowed):
    client = as_role(role)
    draft = make_draft()

    for name in ("submit", "sign-off", "send-back", "start-draft", "withdraw"):
        status = client.post(f"{LIST}{draft.pk}/act/{name}/").status_code
        assert (status != 403) == (name in allowed), name


def test_a_draft_is_previewed_by_staff_and_by_nobody_else(as_role, client):
    draft = make_draft()
    url = reverse("admin:articles_edition_preview", args=[draft.pk])

    assert client.get(url).status_code == 302
    assert as_role("admissions").get(url).status_code == 404
    page = as_role("editor").get(url)
    assert b"Preview." in page.content
    assert b"noindex" in page.content
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_has_one_row_an_article_and_costs_the_same(as_role, django_assert_max_num_queries, rows):
    client = as_role("editor")
    for number in range(rows):
        live = make_live(title=f"Old {number}")
        make_draft(article=live.article, title=f"New {number}")

    with django_assert_max_num_queries(10):
        html = client.get(LIST).content.decode()

    assert html.count(">New ") == rows
    assert ">Old " not in html
