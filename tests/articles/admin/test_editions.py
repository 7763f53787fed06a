"""The admin of editions, through its addresses."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from articles import relocation, services, sharing
from articles.admin.edition_actions import ACTIONS
from articles.admin.editions import EditionAdmin
from articles.models import (
    Article,
    Edition,
    Figure,
    Picture,
    Source,
    State,
    Text,
    blocks_of,
)
from tests.core.test_images import picture_file, with_gps
from tests.factories import (
    make_draft,
    make_live,
    make_person,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/edition/"
TEXTS = "articles_text_set"
INLINES = (
    *(TEXTS, "articles_figure_set", "articles_callout_set", "articles_keyfacts_set", "articles_pullquote_set"),
    "sources",
)


def posted(*, texts=(), sources=(), **fields):
    """The form data of an edition with new text blocks and new sources."""
    data = {"title": "A title", "summary": "A summary of it all.", "slug": "", "opened": 0, **fields}
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
    assert [block.body for block in blocks_of(edition)] == ["<h2>One</h2><p>Two words.[1]</p>", "<p>Three.</p>"]
    assert edition.text == "One Two words.[1]\nThree."
    assert edition.word_count == 4


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "This field is required."),
        ({"slug": "feed"}, "taken by the site itself"),
        ({"slug": "taken"}, "already exists"),
        ({"summary": "x" * 200}, "at most 160 characters"),
        ({"sources": [{"position": 1, "title": "T", "container": "C", "doi": "11.1/x"}]}, "A DOI starts with"),
    ],
)
def test_a_mistake_is_explained_beside_the_field_and_the_text_is_kept(as_role, fields, message):
    client = as_role("editor")
    make_draft(slug="taken")
    data = posted(texts=["<p>Long work.</p>"], **{"topic": make_topic().pk, "author": make_person().pk, **fields})

    response = client.post(f"{LIST}add/", data)

    html = response.content.decode()
    assert response.status_code == 200
    assert message in html
    assert "Long work." in html
    assert Article.objects.count() == 1


def test_a_signed_off_edition_is_shown_but_cannot_be_changed(as_role):
    client = as_role("editor")
    live = make_live(title="As signed")

    page = client.get(f"{LIST}{live.pk}/change/").content.decode()
    data = posted(title="Changed", topic=live.article.topic.pk, author=live.author.pk)
    refused = client.post(f"{LIST}{live.pk}/change/", data)

    live.refresh_from_db()
    assert refused.status_code == 403
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
    assert "Say what should change" in client.post(f"{act}/send-back/").content.decode()
    client.post(f"{act}/send-back/", {"send-back-note": "Add a source."})
    draft.refresh_from_db()
    assert (draft.state, draft.note) == (State.DRAFT, "Add a source.")
    Edition.objects.update(state=State.IN_REVIEW)
    assert "read it, and sign off there" in client.post(f"{act}/sign-off/").content.decode()
    client.post(f"{act}/sign-off/", {"sign-off-read": services.sign_off_fingerprint(draft)})
    assert "Dana Diaz" in client.get(draft.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (
            "editor",
            {"submit", "hand-in", "take-back", "start-draft", "share", "excuse", "sign-off-house", "send-back-house"}
            | {"relocate", "move", "owner"}
            | {"take-on", "assign", "assign-house", "reschedule-house"}
            | {"duplicate", "archive", "bring-back", "delete-draft", "restore"},
        ),
        (
            "clinician",
            {"send-back", "sign-off", "sign-off-house", "withdraw", "withdraw-page", "withdraw-first-page"}
            | {"take-on", "reschedule", "reschedule-house", "send-back-house"},
        ),
        ("moderator", set()),
        ("admissions", set()),
        ("compliance", set()),
        ("manager", {act.name for act in ACTIONS}),
    ],
)
def test_each_role_has_its_own_actions_only(as_role, role, allowed):
    client = as_role(role)
    draft = make_draft()

    for act in ACTIONS:
        status = client.post(f"{LIST}{draft.pk}/act/{act.name}/").status_code
        assert (status != 403) == (act.name in allowed), act.name


def test_what_is_signed_off_opens_as_the_page_and_says_who_sees_it(as_role):
    client, live = as_role("editor"), make_live("<p>Rest helps.</p>")
    scheduled = make_live("<p>Soon.</p>", publish_at=timezone.now() + timedelta(days=1))
    for edition, seen in ((live, "Visitors see it now."), (scheduled, "Visitors cannot see this page.")):
        html = client.get(f"{LIST}{edition.pk}/change/").content.decode()
        frame = re.search(r'<iframe src="(\S+)" title="The page">', html)
        assert html.index(frame[0]) < html.index("field-signature")
        page = client.get(frame[1]).content.decode()
        assert seen in page
        assert "Rest helps." in page or "Soon." in page
    assert "<iframe" not in client.get(f"{LIST}{make_draft().pk}/change/").content.decode()


def test_who_has_a_link_learns_nothing_of_the_workflow(as_role, client):
    """Staff read where an edition stands in the workflow; its page for others says only that it is not published."""
    later = timezone.now() + timedelta(days=1)
    for edition, told in (
        (make_draft(note="Say more."), "draft, sent back"),
        (make_draft(state=State.IN_REVIEW), "in review"),
        (make_live(publish_at=later), "signed off, scheduled for"),
    ):
        assert told in as_role("editor").get(f"{LIST}{edition.pk}/preview/").content.decode()
        client.logout()
        shown = client.get(reverse("articles:shared", args=[sharing.token_for(edition)])).content.decode()
        assert "not published yet. Visitors cannot see this page." in shown
        assert told not in shown


def test_a_draft_is_previewed_by_staff_only(as_role, client):
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

    with django_assert_max_num_queries(11):  # one of them for the person's own filters
        html = client.get(LIST).content.decode()

    assert html.count(">New ") == rows
    assert ">Old " not in html


@pytest.mark.parametrize("query", ["", "?o=1", "?status=draft"])
def test_the_list_counts_articles_not_editions(as_role, query):
    client = as_role("editor")
    for number in range(3):
        make_draft(article=make_live().article, title=f"New {number}")
    assert client.get(LIST + query).context["cl"].result_count == 3


@pytest.mark.parametrize("query", ["", "status=draft&", "kind=all&"])
def test_each_page_of_the_list_has_its_rows(as_role, monkeypatch, query):
    monkeypatch.setattr(EditionAdmin, "list_per_page", 2)
    client = as_role("editor")
    for number in range(7):
        make_draft(article=make_live(title="Old").article, title=f"New {number}")

    pages = [client.get(f"{LIST}?{query}p={number}").context["cl"].result_list for number in range(1, 5)]
    whole = client.get(f"{LIST}?{query}all=").context["cl"].result_list

    titles = [f"New {number}" for number in range(6, -1, -1)]
    assert [[row.title for row in rows] for rows in pages] == [titles[:2], titles[2:4], titles[4:6], titles[6:]]
    assert [row.title for row in whole] == titles
    assert client.get(f"{LIST}?{query}p={'9' * 30}").headers["Location"].endswith("?e=1")


@pytest.mark.parametrize("rows", [1, 8])
def test_the_page_of_an_edition_costs_the_same_with_more_blocks_sources_and_editions(
    as_role, django_assert_max_num_queries, rows
):
    client = as_role("editor")
    article = make_live(number=1).article
    for number in range(2, rows + 1):
        make_live(article=article, number=number)
    draft = make_draft(article=article, number=rows + 1)
    for number in range(1, rows + 1):
        Text.objects.create(parent=draft, region="main", ordering=number, body=f"<p>Words {number}.</p>")
        Source.objects.create(edition=draft, position=number, title="A study", container="A journal")

    with django_assert_max_num_queries(23):
        html = client.get(f"{LIST}{draft.pk}/change/").content.decode()

    assert html.count("A study") >= rows


def test_an_edition_in_review_stays_as_the_clinician_read_it(as_role):
    client = as_role("editor")
    waiting = make_draft(state=State.IN_REVIEW, title="As read")
    data = posted(title="Changed", topic=waiting.article.topic.pk, author=waiting.author.pk)

    assert client.post(f"{LIST}{waiting.pk}/change/", data).status_code == 403
    client.post(f"{LIST}{waiting.pk}/act/take-back/")
    assert client.post(f"{LIST}{waiting.pk}/change/", data).status_code == 302

    waiting.refresh_from_db()
    assert (waiting.state, waiting.title) == (State.DRAFT, "Changed")


def test_a_save_after_the_sign_off_changes_nothing(as_role, monkeypatch):
    client = as_role("editor")
    draft = make_draft(title="As signed", created_by=client.user)
    signer = make_user("clinician")
    make_person(name="Dana Diaz", user=signer)
    load = EditionAdmin.get_object

    def overtaken(self, request, object_id, from_field=None):
        """The clinician signs off between the click on Save and the reading of the row."""
        services.submit(draft.pk, by=client.user)
        services.sign_off(draft.pk, by=signer, read=services.sign_off_fingerprint(draft))
        return load(self, request, object_id, from_field)

    monkeypatch.setattr(EditionAdmin, "get_object", overtaken)
    data = posted(title="Changed", topic=draft.article.topic.pk, author=draft.author.pk)

    assert client.post(f"{LIST}{draft.pk}/change/", data).status_code == 403

    draft.refresh_from_db()
    assert draft.title == "As signed"


def test_a_person_who_changed_the_text_cannot_sign_it_off(as_role):
    client = as_role("manager")
    make_person(user=client.user)
    draft = make_draft()

    client.post(f"{LIST}{draft.pk}/change/", posted(topic=draft.article.topic.pk, author=draft.author.pk))
    client.post(f"{LIST}{draft.pk}/act/submit/")
    refused = client.post(f"{LIST}{draft.pk}/act/sign-off/", {"sign-off-read": services.sign_off_fingerprint(draft)})

    assert "Whoever worked on the text, or marked a false alarm in it, cannot" in refused.content.decode()


@pytest.mark.parametrize(
    ("text", "box", "told"),
    [
        ("Recovery is guar\xadanteed.", "", "This promises something"),
        ("The label starts at 10\u200bmg.", "", "This dose has no source"),
        ("You can stop baclofen at home.", "Call 911.", "2 red findings"),
        ("You can stop baclofen at home.", "A seizure or shaking: call 911.", "Stopping this without medical care"),
        ("Crush the tablets and snort the powder.", "", "use a drug in a dangerous way"),
    ],
)
def test_a_forbidden_sentence_is_refused_in_every_disguise(as_role, text, box, told):
    client = as_role("editor")
    fields = {"topic": make_topic().pk, "author": make_person().pk}
    callout = {"body": f"<p>{box}</p>", "title": "Danger", "tone": "danger", "region": "main", "ordering": 5}
    data = posted(texts=[f"<p>{text}</p>"], **fields)
    data["articles_callout_set-TOTAL_FORMS"] = bool(box) + 0
    data |= {f"articles_callout_set-0-{name}": value for name, value in callout.items() if box}
    client.post(f"{LIST}add/", data)
    draft = Edition.objects.get()

    refused = client.post(f"{LIST}{draft.pk}/act/submit/", follow=True).content.decode()

    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert told in refused


@pytest.mark.parametrize("moment", ["9999-12-31T23:59", "0001-01-01T00:00", "2020-01-01T00:00", "x"])
def test_an_implausible_date_is_refused_with_a_message(as_role, moment):
    client = as_role("clinician")
    make_person(user=client.user)
    draft = make_draft(state=State.IN_REVIEW)

    response = client.post(
        f"{LIST}{draft.pk}/act/sign-off/",
        {"sign-off-read": services.sign_off_fingerprint(draft), "sign-off-publish_at": moment},
    )

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not Edition.objects.live().exists()


def test_blocks_of_other_editions_are_out_of_reach(as_role):
    client = as_role("editor")
    live, draft = make_live("<p>Signed words.</p>"), make_draft()
    block = blocks_of(live)[0]
    data = posted(topic=draft.article.topic.pk, author=draft.author.pk)

    for clone in (f"articles.text:{block.pk}", "nope", "a.b.c:1", "detoxsite.user:1", "\x00"):
        extra = {"_clone": clone, "_clone_region": "main", "_clone_ordering": "99999999999999999999"}
        assert client.post(f"{LIST}{draft.pk}/change/", {**data, **extra}).status_code in {200, 302, 400}

    assert [one.body for one in blocks_of(live)] == ["<p>Signed words.</p>"]


def test_the_address_of_a_published_page_does_not_change(as_role):
    client = as_role("editor")
    live = make_live(slug="known")
    draft = services.start_draft(live.pk, by=client.user)
    data = posted(slug="moved", topic=make_topic().pk, author=live.author.pk)

    assert client.post(f"{LIST}{draft.pk}/change/", data).status_code == 302

    assert client.get("/articles/known/").status_code == 200
    assert Article.objects.get().topic == live.article.topic


def test_the_live_edition_is_reached_from_its_successor_and_withdrawn(as_role):
    client = as_role("clinician")
    live = make_live()
    draft = make_draft(article=live.article)

    page = client.get(f"{LIST}{draft.pk}/change/").content.decode()
    client.post(f"{LIST}{live.pk}/act/withdraw/", {"withdraw-note": "A wrong dose."})

    assert f'<a href="{LIST}{live.pk}/change/">Edition 1</a>, signed off, live' in page
    assert client.get(live.get_absolute_url()).status_code == 410


def test_editors_cannot_change_names_and_pictures_of_signed_pages(as_role):
    live = make_live()
    url = f"/admin/articles/person/{live.reviewer.pk}/change/"
    data = {"name": "Somebody Else", "slug": live.reviewer.slug, "credentials": "MD", "role": "Nurse"}

    assert as_role("editor").post(url, data).status_code == 403
    assert as_role("manager").post(url, data).status_code == 302


def test_a_picture_form_with_mistakes_leaves_no_file_behind(as_role, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = as_role("editor")

    refused = client.post("/admin/articles/picture/add/", {"image": picture_file()})
    left = list(tmp_path.rglob("*.*"))
    stored = client.post(
        "/admin/articles/picture/add/",
        {"image": with_gps(), "title": "T", "alt": "A.", "credit": "us"},
    )

    assert refused.status_code == 200
    assert left == []
    assert stored.status_code == 302
    original = next(path for path in tmp_path.rglob("*.jpeg"))
    assert b"SecretCamera" not in original.read_bytes()
    assert len(list(tmp_path.rglob("*.avif"))) == 2


def test_the_words_of_a_picture_in_review_cannot_be_changed(as_role, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture(title="Stairs", alt="Six steps going down.", credit="us")
    picture.image.save("stairs.png", ContentFile(picture_file().read()), save=True)
    make_draft(state=State.IN_REVIEW, blocks=[Figure(ordering=20, picture=picture)])

    client, address = as_role("editor"), f"/admin/articles/picture/{picture.pk}/change/"
    refused = client.post(address, {"title": "T", "alt": "Other", "credit": "x"})
    assert "You typed: “Other”; “x”." in refused.content.decode()
    client.post(address, {"title": "T"})

    picture.refresh_from_db()
    assert (picture.title, picture.alt, picture.credit) == ("T", "Six steps going down.", "us")


def test_only_managers_change_bylines_of_signed_text(as_role):
    live = make_live()
    url = f"/admin/articles/person/{live.author.pk}/change/"
    data = {"name": "Dr. Famous", "slug": live.author.slug, "credentials": "MD", "role": "Physician"}

    assert as_role("editor").post(url, data).status_code == 403
    assert as_role("manager").post(url, data).status_code == 302


@pytest.mark.parametrize("chosen", ["abc", "", "\0", "²", "9" * 40, "-1"])
@pytest.mark.parametrize(("model", "action"), [("edition", "submit_selected"), ("picture", "delete_selected")])
def test_list_actions_on_invalid_rows_change_nothing(as_role, chosen, model, action):
    client = as_role("editor")
    make_draft()

    answer = client.post(f"/admin/articles/{model}/", {"action": action, "_selected_action": chosen})

    assert answer.status_code in {200, 302}
    assert Edition.objects.get().state == State.DRAFT


def test_odd_characters_in_a_picture_search_find_nothing(as_role):
    query = "app_label=articles&model_name=figure&field_name=picture&term=%00%27"

    assert as_role("editor").get(f"/admin/autocomplete/?{query}").json()["results"] == []


def test_saving_a_draft_keeps_an_address_that_was_changed_meanwhile(as_role):
    client = as_role("editor")
    live = make_live(slug="aa")
    draft = services.start_draft(live.pk, by=client.user)
    relocation.relocate(live.pk, by=client.user, slug="bb", topic=live.article.topic)

    client.post(f"{LIST}{draft.pk}/change/", posted(author=draft.author.pk))

    assert Article.objects.get().slug == "bb"
