"""What staff type is tidied before it is stored, at the forms of the admin."""

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from articles.models import BLOCKS, Edition, Person, Picture, Synonym, Topic
from detoxsite.core.models import ConsentText, SiteProfile, hash_of
from detoxsite.core.text_fields import TidyFormField, TidyTextField
from tests.articles.admin.test_editions import LIST, posted
from tests.factories import make_call, make_draft, make_person, make_review, make_topic

UNTIDY = "A\vbc\x00 tit\u200ble\u202e, ﬁve cafe\u0301s\ufeff"
TIDY = "A bc title, five cafés"


@pytest.mark.django_db
def test_every_text_of_an_article_is_tidied_at_the_form(as_role):
    client = as_role("editor")
    blocks = {
        "articles_callout_set": {"title": UNTIDY, "tone": "note", "body": "<p>x</p>"},
        "articles_keyfacts_set": {"title": UNTIDY, "rows": "a\u200b | x\u202e\r\nb | c"},
        "articles_pullquote_set": {"quote": f"{UNTIDY}\r\nb", "attribution": UNTIDY},
    }
    data = posted(title=UNTIDY, summary=UNTIDY, topic=make_topic().pk, author=make_person().pk)
    for name, values in blocks.items():
        data |= {f"{name}-TOTAL_FORMS": 1, f"{name}-0-region": "main", f"{name}-0-ordering": 10}
        data |= {f"{name}-0-{field}": value for field, value in values.items()}
    source = {"position": 1, "title": UNTIDY, "container": UNTIDY, "authors": UNTIDY, "detail": UNTIDY}
    source |= {"doi": "\u200b10.1001/jama.2019\u200e", "pmid": "12\u200b3", "url": "https://example.org/\u200bpage"}
    data |= {"sources-TOTAL_FORMS": 1, **{f"sources-0-{name}": value for name, value in source.items()}}

    response = client.post(f"{LIST}add/", data)

    assert response.status_code == 302
    edition = Edition.objects.get()
    callout, facts = edition.articles_callout_set.get(), edition.articles_keyfacts_set.get()
    quote, stored = edition.articles_pullquote_set.get(), edition.sources.get()
    lines = [edition.title, edition.summary, callout.title, facts.title]
    assert [*lines, quote.attribution, stored.title, stored.container, stored.authors, stored.detail] == [TIDY] * 9
    assert edition.article.slug == "a-bc-title-five-cafes"
    assert facts.rows == "a | x\nb | c"
    assert quote.quote == f"{TIDY}\nb".replace("A bc", "A\nbc")
    assert (stored.doi, stored.pmid, stored.url) == ("10.1001/jama.2019", "123", "https://example.org/page")


@pytest.mark.django_db
def test_bytes_that_are_no_text_are_stored_as_text(as_role):
    client = as_role("editor")
    data = posted(topic=make_topic().pk, author=make_person().pk)
    fields = "&".join(f"{name}={value}" for name, value in data.items() if name != "title").replace(" ", "+")

    body = f"{fields}&title=Before%ed%a0%80%00%0bafter"
    response = client.post(f"{LIST}add/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 302
    title = Edition.objects.get().title
    assert title.startswith("Before")
    assert title.endswith(" after")


@pytest.mark.django_db
def test_an_autosave_of_such_text_is_kept_and_checked(as_role):
    client = as_role("editor")
    draft = make_draft()
    message = '{"page": "t", "form_data": [["title", "A\\ud800\\u0000\\u000b\\u202etitle"], ["summary", "\\u200b"]]}'

    response = client.post(f"{LIST}{draft.pk}/work/", message, content_type="application/json")

    assert response.status_code == 200


@pytest.mark.django_db
def test_the_texts_of_the_center_are_tidied(as_role):
    client = as_role("manager")
    profile = SiteProfile.objects.get()
    data = {name: getattr(profile, name) for name in (field.name for field in SiteProfile._meta.fields) if name != "id"}

    url = "/admin/detoxsite/siteprofile/1/change/"
    response = client.post(url, data | {"name": UNTIDY, "cost": f"{UNTIDY}\r\n\r\nb", "phone": "\u200e212-555-0177"})

    profile.refresh_from_db()
    assert response.status_code == 302
    assert (profile.name, profile.phone) == (TIDY, "212-555-0177")
    assert profile.cost == "A\nbc title, five cafés\n\nb"


@pytest.mark.django_db
def test_what_staff_note_and_reply_is_tidied(as_role):
    call, review = make_call(), make_review("published")

    as_role("manager").post(f"/admin/intake/callforhelp/{call.pk}/act/hold/", {"hold-reason": UNTIDY})
    reply = {"version": 1, "reply-reply": "Thank you for wri\u200bting this\x00 down.\u202e\r\nIt hel\u00adps."}
    as_role("moderator").post(f"/admin/testimonials/testimonial/{review.pk}/act/reply/", reply)

    call.refresh_from_db()
    review.refresh_from_db()
    assert call.hold_reason == TIDY
    assert review.reply == "Thank you for writing this down.\nIt helps."


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["Alcohol", "alcohol", "Alco\u00adhol", "Alcohol\u200b", "Ａlcohol", "Аlcohol", " Alcohol "]
)
def test_two_topics_do_not_look_the_same(as_role, name):
    make_topic(name="Alcohol")
    client = as_role("editor")

    shown = client.post(
        "/admin/articles/topic/add/", {"name": name, "slug": "other", "icon": "moon", "intro": "x", "position": 0}
    )

    assert "Topic with this Name already exists." in shown.content.decode()
    assert Topic.objects.count() == 1


@pytest.mark.django_db
def test_a_topic_may_keep_its_name():
    topic = make_topic(name="Alcohol")

    topic.full_clean()

    with pytest.raises(ValidationError):
        Topic(name="ALCOHOL", slug="b", intro="x").full_clean()


@pytest.mark.django_db
def test_code_stores_tidy_text_too():
    Synonym.objects.create(typed="per\u200bcs", means="oxy\vcodone")
    person = Person.objects.create(name=UNTIDY, slug="a", credentials="RN", role="Nurse", bio="a\r\nb\u202e")
    Person.objects.filter(pk=person.pk).update(role="Nu\u00adrse")
    person.refresh_from_db()
    text = ConsentText.objects.create(purpose="share", body="One\r\ntw\u200bo", approved_by="Counsel")
    text.refresh_from_db()

    assert Synonym.objects.get(typed="percs").means == "oxy codone"
    assert (person.name, person.role, person.bio) == (TIDY, "Nurse", "a\nb")
    assert text.body == "One\ntwo"
    assert text.sha256 == hash_of("share", "en", text.body)


NOT_TYPED = {  # rich text has its sanitizer; addresses are checked by their form; the rest is written by code
    *(f"articles.{kind}.body" for kind in ("Callout", "CallToAction", "Column", "Costs", "MapPicture")),
    *(f"articles.{kind}.body" for kind in ("Question", "Step", "Text")),
    *("articles.Article.slug", "articles.MenuEntry.fragment", "articles.MenuEntry.url"),
    *(f"{model._meta.label}.region" for model in BLOCKS),
    *("articles.HeldPicture.kind", "articles.HeldPicture.title"),  # of the file; what is typed is the picture's
    *("articles.DraftAutosave.page", "articles.Picture.image_ppoi", "articles.SearchWord.word"),
    *("articles.Waiver.code", "articles.Waiver.excerpt", "articles.Waiver.key", "detoxsite.User.password"),
    *(f"articles.Rendering.{name}" for name in ("renderer", "entry", "html", "overdue_html")),
    *(f"detoxsite.JobRun.{name}" for name in ("last_error", "name", "note")),
    *("detoxsite.KeyCheck.name", "detoxsite.PublicChange.area"),
    "detoxsite.ConsentText.language",
    *("intake.CallForHelp.spam_signals", "intake.Consent.how", "testimonials.DisplayConsent.how"),
    *("testimonials.ReviewCounter.reason", "testimonials.ReviewCounter.source", "testimonials.ReviewCounter.status"),
    *("testimonials.ReviewCounter.relationship", "testimonials.DecisionCounter.status"),
    *("testimonials.ReviewEvent.reason", "testimonials.ReviewEvent.text_hash"),
}


def test_no_text_that_staff_type_is_left_untidied():
    untidied = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.split(".")[0] in {"articles", "detoxsite", "intake", "testimonials"}
        for field in model._meta.local_fields
        if isinstance(field, models.CharField | models.TextField)
        and field.editable
        and not field.choices
        and not type(field).__name__.startswith("Tidy")
        and not isinstance(field, models.EmailField)
    }

    assert untidied == NOT_TYPED


def test_a_length_is_that_of_the_stored_text():
    field = TidyFormField(max_length=5, widget=forms.Textarea)

    assert field.clean("ab\r\ncd") == "ab\ncd"
    assert TidyFormField(max_length=5).clean("a\u200bb\u200bc\u200bd") == "abcd"
    with pytest.raises(ValidationError):
        field.clean("ab\r\ncde")


def test_migrations_see_fields_of_django():
    assert TidyTextField("text", max_length=5).deconstruct()[1:] == (
        "django.db.models.TextField",
        [],
        {"verbose_name": "text", "max_length": 5},
    )
    assert Picture._meta.get_field("title").deconstruct()[1] == "django.db.models.CharField"
