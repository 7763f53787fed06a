"""The guides for staff: each role has one, each page leads to its part, and what they name exists."""

import re

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from detoxsite.core.roles import ROLES
from detoxsite.dashboard import first_page, guides, help_links, palette
from tests.factories import make_user

from .addresses import POST_ONLY, WITHOUT_CONTENT, is_allowed

MAX_PICTURE = 25_000  # bytes
WITHOUT_FRAME = {  # answers to scripts, files, and pages as readers see them
    *("login", "autocomplete", "view_on_site", "jsi18n", "guide_picture"),
    *("articles_edition_preview", "articles_menuedition_preview", "testimonials_testimonial_preview"),
    *(
        "testimonials_testimonial_photo",
        "detoxsite_redirect_export",
        "intake_disclosure_person",
        "intake_callforhelp_news",
    ),
}
ALL = [*guides.GUIDES]


def part_ids(name):
    return {heading.id for heading in guides.guide(name).headings}


def url_names(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from url_names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


def exists(part):
    name, _, heading = part.partition("#")
    return heading in part_ids(name)


def test_every_role_has_a_guide_of_its_own():
    for role in ROLES:
        first, *_ = guides.guides_for([role])
        assert role in guides.GUIDES[first.name]
        assert first.name != "staff"


@pytest.mark.parametrize("role", [*ROLES])
def test_every_page_has_its_part_of_a_guide_for_every_role(role):
    pages = set(url_names(admin.site.get_urls())) - POST_ONLY.keys() - WITHOUT_FRAME - {"logout", "guides", "guide"}
    pages = {name for name in pages if not name.startswith(("account_email", "auth_group"))}
    open_to_role = {name for name in pages if name in WITHOUT_CONTENT or is_allowed(role, name)}
    assert len(open_to_role) > 10

    parts = {name: help_links.part_for(name, [role]) for name in open_to_role}

    assert {name: part for name, part in parts.items() if not part or not exists(part)} == {}
    assert parts["index"].partition("#")[0] in guides.GUIDES
    assert role in guides.GUIDES[parts["index"].partition("#")[0]]


def test_every_row_is_for_an_address_and_every_part_exists():
    names = set(get_resolver().reverse_dict) | set(url_names(admin.site.get_urls()))
    names |= set(url_names(get_resolver().url_patterns))
    rows = [line.split("|") for line in help_links.TABLE.splitlines() if line]

    assert len(rows) == len({name.strip() for name, _ in rows})
    for name, parts in rows:
        assert any(f"{one}_".startswith(f"{name.strip()}_") for one in names if isinstance(one, str)), name
        assert [part for part in parts.split() if not exists(part)] == [], name
    assert [part for _, _, _, part in first_page.HELP if not exists(part)] == []


@pytest.mark.parametrize("name", ALL)
def test_every_part_says_something_and_its_headings_differ(name):
    guide = guides.guide(name)

    ids = [heading.id for heading in guide.headings]
    assert len(ids) == len(set(ids)) > 3
    for words in re.split(r"<h[23][^>]*>.*?</h[23]>", guide.html)[1:]:
        assert len(re.sub("<[^>]+>", "", words).split()) > 10


@pytest.mark.parametrize("name", ALL)
def test_links_and_pictures_of_a_guide_lead_somewhere(name):
    html = guides.guide(name).html

    for target in re.findall(r'href="([^"]+)"', html):
        found = re.fullmatch(r"(?:/admin/guide/(\w+)/)?#([\w-]+)", target)
        assert target.startswith("https://") or (found and found[2] in part_ids(found[1] or name)), target
    pictures = re.findall(r"<img [^>]+>", html)
    assert pictures
    for picture in pictures:
        source, alt, width = (re.search(rf'{key}="([^"]*)"', picture)[1] for key in ("src", "alt", "width"))
        file = guides.picture(re.fullmatch(r"/admin/guide/pictures/([\w-]+)\.webp", source)[1])
        assert len(alt) > 10
        assert 0 < int(width) <= 1280
        assert file.stat().st_size <= MAX_PICTURE, file.name


def test_every_picture_is_in_a_guide():
    shown = set(re.findall(r"/pictures/([\w-]+)\.webp", "".join(guides.guide(name).html for name in ALL)))

    assert {path.stem for path in guides.PICTURES.glob("*.webp")} == shown


def test_html_in_a_guide_is_shown_as_text(tmp_path, monkeypatch):
    monkeypatch.setattr(guides, "FOLDER", tmp_path)
    (tmp_path / "staff.md").write_text(
        "# Title\n\n<script>alert(1)</script> [here](javascript:alert(1)) <b onclick=x>\n\n"
        "## One, two\n\n[on](editors.md#drafts)\n"
    )

    guide = guides.guide("staff")

    assert "<script" not in guide.html
    assert "<b" not in guide.html
    assert 'href="javascript' not in guide.html
    assert '<h2 id="one-two">One, two</h2>' in guide.html
    assert 'href="/admin/guide/editors/#drafts"' in guide.html


@pytest.mark.django_db
def test_a_page_leads_to_its_part_and_the_guide_has_it(as_role):
    client = as_role("clinician")
    page = client.get("/admin/articles/edition/").content.decode()
    [target] = re.findall(r'<a class="go" data-help href="([^"]+)"', page)
    assert target == "/admin/guide/clinicians/#where-things-are"
    assert client.get("/accounts/2fa/").content.decode().count('data-help href="/admin/guide/staff/#your-account"') == 1

    guide = client.get(target.partition("#")[0]).content.decode()

    assert '<h2 id="where-things-are">' in guide
    assert '<a href="#where-things-are">' in guide
    picture = client.get(re.search(r'src="(/admin/guide/pictures/[^"]+)"', guide)[1])
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/webp")
    assert b"".join(picture.streaming_content)[8:12] == b"WEBP"
    overview = client.get("/admin/guide/").content.decode()
    assert overview.index("/admin/guide/clinicians/") < overview.index("/admin/guide/editors/")
    for missing in ("/admin/guide/keys/", "/admin/guide/pictures/keys.webp"):
        assert client.get(missing).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/guide/", "/admin/guide/editors/", "/admin/guide/pictures/staff-home.webp"])
def test_only_staff_read_the_guides(client, address):
    assert client.get(address).status_code == 302


@pytest.mark.django_db
def test_headings_are_found_first_in_the_guide_of_the_role():
    [(title, [own, *others])] = [
        group for group in palette.find(make_user("compliance"), "where things") if group[0] == "Guides"
    ]

    assert (own.url, own.note) == ("/admin/guide/compliance/#where-things-are", "For compliance")
    assert len(others) == len(ALL) - 2
