"""The picture of a topic: on its page, in its head, and safe from deletion."""

import re

import pytest

from articles.models import Picture
from detoxsite.core import site_profile
from tests.core.test_images import picture_file
from tests.factories import make_live, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture(title="Pills", alt="Three white pills on a <plate>", credit="Us")
    picture.image.save("pills.png", picture_file("PNG", size=(1200, 800)), save=True)
    return picture


@pytest.mark.parametrize("is_in_profile", [True, False])
def test_a_topic_with_a_picture_shows_it_with_its_text(client, picture, is_in_profile):
    topic = make_topic(picture=picture)
    if is_in_profile:
        site_profile.refresh()

    html = client.get(topic.get_absolute_url()).content.decode()

    shown = re.search(r'<header class="split two">.*?</header>', html, re.DOTALL)[0]
    assert f"<h1>{topic.name}</h1>" in shown
    assert 'alt="Three white pills on a &lt;plate&gt;" width="1200" height="800" fetchpriority="high"' in shown
    address = picture.image.webp_960
    assert f'property="og:image" content="http://testserver{address}"' in html
    assert 'property="og:image:width" content="960"' in html
    assert 'property="og:image:height" content="640"' in html
    assert 'property="og:image:alt" content="Three white pills on a &lt;plate&gt;"' in html


def test_a_topic_without_one_has_the_card_of_the_site(client):
    make_live(topic=(topic := make_topic()))
    html = client.get(topic.get_absolute_url()).content.decode()
    assert "split two" not in re.search(r"<main.*?</h1>", html, re.DOTALL)[0]
    assert 'property="og:image:width" content="1200"' in html


def test_the_picture_of_a_topic_is_not_deleted_and_says_where_it_is_used(as_role, picture):
    topic, client = make_topic(picture=picture), as_role("editor")

    response = client.post(f"/admin/articles/picture/{picture.pk}/delete/", {"post": "yes"}, follow=True)

    assert f"The topic {topic.name}" in response.content.decode()
    assert Picture.objects.filter(pk=picture.pk).exists()


def test_an_editor_chooses_the_picture_of_a_topic(as_role, picture):
    topic = make_topic()
    fields = {"name": topic.name, "slug": topic.slug, "icon": "waves", "intro": topic.intro, "position": 0}

    as_role("editor").post(f"/admin/articles/topic/{topic.pk}/change/", {**fields, "picture": picture.pk})

    topic.refresh_from_db()
    assert topic.picture == picture
