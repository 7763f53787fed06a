"""Pages of people: shown where they are switched on, gone at once where they are not, linked from bylines."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from articles.models import Edition, Person, PersonCard, Picture
from detoxsite.core import site_profile
from detoxsite.core.models import PublicChange, Redirect
from tests.core.test_images import picture_file
from tests.factories import make_draft, make_live, make_page, make_person, make_topic

pytestmark = pytest.mark.django_db

LICENSE = {"license_kind": "Registered nurse", "license_state": "Maine", "license_number": "RN00000"}


@pytest.fixture
def maya():
    return make_person(
        name="Maya Ortiz",
        slug="maya-ortiz",
        has_page=True,
        own_words="People want a straight answer.",
        bio="Leads the nurses at night.",
        facts="Training: BSN, 2009\nTies: none",
        license_url="https://www.nursys.com/",
        checked_on="2026-11-02",
        **LICENSE,
    )


def shown(client, path="/people/maya-ortiz/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_page_shows_who_a_person_is_and_what_they_did(client, maya):
    make_live(author=maya, title="Written by Maya")
    make_live(reviewer=maya, title="Reviewed by Maya")
    make_draft(author=maya, title="Only an idea")
    make_live(author=maya, title="For tomorrow", publish_at=timezone.now() + timezone.timedelta(days=1))
    make_live(title="By others")

    html = shown(client)

    for text in ("Maya Ortiz, RN", "Registered nurse, Maine, RN00000", "BSN, 2009", "“People want", "November 2, 2026"):
        assert text in html
    assert html.index("Written by Maya") < html.index("Articles reviewed by") < html.index("Reviewed by Maya")
    assert not re.search("Only an idea|For tomorrow|By others", html)
    assert ">MO</text>" in html


def test_structured_data_says_what_the_page_says(client, maya):
    html = shown(client)

    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])
    person = data["mainEntity"]
    assert (data["@type"], person["@type"], person["name"]) == ("ProfilePage", "Person", "Maya Ortiz")
    assert person["url"] == "http://testserver/people/maya-ortiz/"
    assert person["hasCredential"]["identifier"] == "RN00000"
    assert '<meta property="og:type" content="profile">' in html


def test_a_picture_has_its_text_alternative(client, maya, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture(title="Maya", alt="Maya at the desk.", credit="us")
    picture.image.save("maya.png", ContentFile(picture_file("PNG", (40, 30)).read()))
    Person.objects.update(picture=picture)

    html = shown(client)

    assert 'alt="Maya at the desk."' in html
    assert "</text>" not in html


def test_a_page_is_off_until_it_is_switched_on_and_gone_when_switched_off(client):
    person = make_person(name="Kim Doe", slug="kim")
    live = make_live(author=person)
    assert client.get("/people/kim/").status_code == client.get("/people/kim/wrote/").status_code == 404
    assert "/people/" not in client.get(live.get_absolute_url()).content.decode()

    person.has_page = True
    person.save()
    assert f'<a href="/people/kim/">{person}</a>' in client.get(live.get_absolute_url()).content.decode()
    assert client.get("/people/kim/").status_code == 200

    Person.objects.filter(pk=person.pk).update(has_page=False)
    assert client.get("/people/kim/").status_code == 410
    assert "Kim" not in client.get("/people/kim/").content.decode()
    assert "/people/" not in client.get(live.get_absolute_url()).content.decode()

    Redirect.objects.create(path="/people/kim", target="/articles/")
    replaced = client.get("/people/kim/")
    assert replaced.status_code == 410
    assert 'href="/articles/"' in replaced.content.decode().partition("<main")[2]


def test_what_is_switched_or_written_is_a_change_that_readers_see(maya):
    for field, value in {
        "has_page": False,
        "slug": "maya",
        "facts": "",
        "license_number": "RN1",
        "has_left": True,
    }.items():
        PublicChange.objects.all().delete()
        Person.objects.filter(pk=maya.pk).update(**{field: value})
        assert PublicChange.objects.filter(area="articles").exists(), field


def test_structured_data_of_an_article_names_the_page_of_its_author(client, maya):
    html = client.get(make_live(author=maya).get_absolute_url()).content.decode()

    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])
    assert data["author"]["url"] == "http://testserver/people/maya-ortiz/"
    assert "url" not in data["reviewedBy"]


@pytest.mark.parametrize("kind", ["author", "reviewer"])
def test_long_lists_go_on_by_key(client, maya, kind, monkeypatch):
    monkeypatch.setattr("articles.published.people.PAGE_SIZE", 2)
    for number in range(5):
        make_live(title=f"Number {number}", **{kind: maya})
    seen, html = [], shown(client)
    while True:
        seen += re.findall(r"Number (\d)</a>", html)
        older = re.search(r'href="([^"]*\?after=\d+)"', html)
        if not older:
            break
        path = (
            older[1]
            if older[1].startswith("/")
            else f"/people/maya-ortiz/{'wrote' if kind == 'author' else 'reviewed'}/{older[1]}"
        )
        html = shown(client, path)

    assert seen == list("43210")


@pytest.mark.parametrize("query", ["?after=x", "?after=-1", "?after=99999999999999999999", "?after=%00"])
def test_a_key_that_is_none_is_no_error(client, maya, query):
    make_live(author=maya)

    assert client.get(f"/people/maya-ortiz/wrote/{query}").status_code in (200, 302, 404)


@pytest.mark.parametrize(
    "path", ["/people/", "/people/none/", "/people/maya-ortiz/x/", "/people/%00/", "/people/maya-ortiz/likes/"]
)
def test_other_addresses_are_not_found(client, maya, path):
    assert client.get(path).status_code == 404


def test_someone_who_left_keeps_the_page_that_says_so(client, maya):
    Person.objects.update(has_left=True)

    html = shown(client)

    assert "no longer works here" in html
    assert "worksFor" not in html


def test_people_are_found_by_name_and_in_the_sitemap(client, maya):
    make_person(name="Maya Hidden")
    site_profile.expire()

    html = client.get("/search/?q=ortiz maya").content.decode()
    assert 'href="/people/maya-ortiz/"' in html
    assert "Nothing found" not in html
    assert "Hidden" not in client.get("/search/?q=maya").content.decode()
    assert "/people/maya-ortiz/" in client.get("/sitemap-people.xml").getvalue().decode()


def test_a_topic_names_who_writes_and_who_reviews_it(client, maya):
    topic, ann = make_topic(), make_person(name="Ann Ames", credentials="RN")
    for _ in range(2):
        make_live(topic=topic, author=ann, reviewer=maya)
    make_live(topic=topic, author=maya)

    html = client.get(topic.get_absolute_url()).content.decode()

    link = '<a href="/people/maya-ortiz/">Maya Ortiz, RN</a>'
    assert f"Written by Ann Ames, RN; {link}." in html
    assert f"Reviewed by {link}; Dana Reviewer, MD." in html
    assert "Written by" not in client.get(make_topic().get_absolute_url()).content.decode()


@pytest.mark.parametrize("fields", [{"facts": "no colon"}, {"facts": "empty:"}, {"license_url": "http://nursys.com/"}])
def test_what_cannot_be_shown_is_refused(maya, fields):
    for name, value in fields.items():
        setattr(maya, name, value)

    with pytest.raises(ValidationError) as refused:
        maya.full_clean()
    assert set(refused.value.message_dict) == set(fields)


def test_a_license_is_whole_or_none():
    with pytest.raises(IntegrityError):
        make_person(license_number="RN00000")


def test_managers_switch_the_page_on_and_a_new_address_leaves_a_redirect(as_role, maya):
    manager, url = as_role("manager"), f"/admin/articles/person/{maya.pk}/change/"
    fields = manager.get(url).context["adminform"].form.initial
    data = {name: value for name, value in fields.items() if value not in (None, False)} | {
        "slug": "maya",
        "has_page": "on",
    }

    assert manager.post(url, data).status_code == 302

    assert manager.get("/people/maya-ortiz/").headers["Location"] == "/people/maya/"
    form = as_role("editor").get("/admin/articles/person/add/").context["adminform"].form
    assert "has_page" not in form.fields


def test_no_signed_text_is_touched_by_a_page(client, maya):
    live = make_live(author=maya)
    before = Edition.objects.get(pk=live.pk).fingerprint

    Person.objects.update(has_page=False, bio="Other words")

    assert Edition.objects.get(pk=live.pk).fingerprint == before


def test_a_picture_on_a_page_is_not_deleted(as_role, maya, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture(title="Maya", alt="Maya at the desk.", credit="us")
    picture.image.save("maya.png", ContentFile(picture_file("PNG", (40, 30)).read()))
    Person.objects.update(picture=picture)

    response = as_role("manager").post(f"/admin/articles/picture/{picture.pk}/delete/", {"post": "yes"}, follow=True)

    assert "used in: The page of Maya Ortiz." in response.content.decode()
    assert Picture.objects.exists()


def test_what_the_public_reads_about_a_person_is_changed_by_managers_only(as_role, maya):
    new, nurse = make_person(name="New Here"), make_person(name="Card Only")
    make_page("team", blocks=[PersonCard(ordering=20, person=nurse)])
    editor = as_role("editor")

    def may_change(person):
        return 'name="_save"' in editor.get(reverse("admin:articles_person_change", args=[person.pk])).content.decode()

    assert [may_change(person) for person in (new, nurse, maya)] == [True, False, False]


def test_a_former_name_does_not_lead_to_the_new_one_once_the_page_is_off(as_role, client):
    off = make_person(name="Jane Old", slug="jane-old", had_page=True)
    fields = {"name": "Jane New", "slug": "jane-new", "credentials": "RN", "role": "Nurse"}
    change = reverse("admin:articles_person_change", args=[off.pk])

    assert as_role("manager").post(change, fields).status_code == 302

    assert [client.get(f"/people/{slug}/").status_code for slug in ("jane-old", "jane-new")] == [404, 404]
