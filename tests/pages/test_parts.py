"""Parts of pages that are kept: a page made of them is the page rendered in full, whatever changed since."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client

from detoxsite.core import db_timeout, site_profile
from detoxsite.core.models import SiteProfile
from detoxsite.core.templatetags import parts
from tests.factories import make_topic

FULL_PROFILE = {
    "name": "Tide & Harbor <Detox>",
    "short_name": "Tide",
    "legal_name": "Tide, Inc.",
    "steps": "Day 1 | Arrival | You come in.\nDay 2 | Rest | You sleep.",
    "phone": "(212) 555-0123",
    "phone_hours": "Call, day & night",
    "address": "1 Shore Road\nHarbor, NY",
    "hours": "Visits: Sunday",
    "cost": "Most plans pay.\n\nAsk us.",
    "license_line": "License 1",
    "small_print": "In small print.",
    "notice": "Closed <today>.",
    "state_list_url": "https://example.org/list?a=1&b=2",
}
OF_THIS_VISIT = re.compile(r'name="(?:csrfmiddlewaretoken|key)" value="[^"]*"')


def rendered(pages):
    found = {}
    for url in pages:
        response = Client().get(url)
        found[url] = (response.status_code, OF_THIS_VISIT.sub("", response.content.decode()))
    return found


def in_full(node, context):
    with context.push(**{name: value.resolve(context) for name, value in node.variables.items()}):
        return node.nodelist.render(context)


@pytest.mark.django_db
def test_pages_made_of_kept_parts_are_the_pages_rendered_in_full(pages, monkeypatch):
    monkeypatch.setattr(db_timeout, "PUBLIC_LIMIT", 60)  # this is not about a slow database
    monkeypatch.setattr(site_profile, "DB_TIMEOUT", 60)
    monkeypatch.setattr(site_profile._cache, "seconds", 3600)  # nor about a profile that is read again in between
    topic = make_topic(name="Sleep & rest")
    pages = [*pages, topic.get_absolute_url()]
    changes = [
        lambda: None,
        lambda: SiteProfile.objects.update_or_create(pk=1, defaults=FULL_PROFILE),
        lambda: SiteProfile.objects.update(phone="(212) 555-0199", notice="", steps=""),
        lambda: type(topic).objects.filter(pk=topic.pk).update(name="Sleep"),
    ]
    seen = []
    for change in changes:
        change()
        site_profile.expire()
        first, again = rendered(pages), rendered(pages)
        with monkeypatch.context() as patch:
            patch.setattr(parts.PartNode, "render", in_full)
            full = rendered(pages)

        assert site_profile.current().rendered_parts
        for url in pages:
            assert first[url] == full[url], url
            assert again[url] == full[url], url
        seen.append(full)
    assert all(before["/"] != after["/"] for before, after in zip(seen, seen[1:], strict=False))


@pytest.mark.django_db
def test_the_navigation_marks_the_page_that_is_open(client):
    """It is kept once for each section."""
    for _ in range(2):
        for url, labels in {  # among the most used links, and in the menu
            "/articles/": ["Articles", "All articles"],
            "/help/": ["Ask for help", "Ask for help"],
            "/reviews/": ["Reviews", "All reviews"],
        }.items():
            header = client.get(url).content.decode().split("<main")[0]
            assert re.findall(r'aria-current="page">([^<]+)<', header) == labels
        assert 'aria-current="true">Reviews<' in client.get("/reviews/how/").content.decode()


def render(source, **context):
    return Template(source).render(Context({"center": SiteProfile(), **context}))


def test_a_part_sees_the_profile_and_what_it_names_and_nothing_else():
    source = '{% part "test" shown=a.b %}{{ shown }}{{ a.b }}{{ center.name }}{% endpart %}'

    assert render(source, a={"b": "<1>"}) == "&lt;1&gt;Detox center"


def test_values_that_are_equal_and_look_different_are_different_parts():
    center = SiteProfile()
    template = Template('{% part "test" value=value %}{{ value }}{% endpart %}')

    shown = [template.render(Context({"center": center, "value": value})) for value in (True, 1, 1, "1", None)]

    assert shown == ["True", "1", "1", "1", "None"]


def test_a_part_takes_no_value_that_may_change():
    with pytest.raises(TypeError, match="value is no text"):
        render('{% part "test" value=value %}{% endpart %}', value=["list"])


def test_the_parts_of_a_profile_are_bounded(monkeypatch):
    monkeypatch.setattr(parts, "MAX_PARTS", 3)
    center = SiteProfile()
    template = Template('{% part "test" value=value %}{{ value }}{% endpart %}')

    shown = [template.render(Context({"center": center, "value": value})) for value in range(9)]

    assert shown == [str(number) for number in range(9)]
    assert len(center.rendered_parts) == 3


@pytest.mark.parametrize(
    "source",
    [
        "{% part %}{% endpart %}",
        "{% part name %}{% endpart %}",
        '{% part "a" value %}{% endpart %}',
        '{% part "a" %}{% block b %}{% endblock %}{% endpart %}',
    ],
)
def test_a_part_without_name_or_with_a_block_is_a_mistake(source):
    with pytest.raises(TemplateSyntaxError):
        Template(source)


def test_each_name_belongs_to_one_place():
    sources = [path.read_text() for path in Path(settings.BASE_DIR, "templates").rglob("*.html")]
    names = [name for source in sources for name in re.findall(r'{% part "([^"]+)"', source)]

    assert names
    assert len(names) == len(set(names))
