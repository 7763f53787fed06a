"""No page scrolls sideways on a narrow screen, whatever its text, and axe finds nothing on pages in any look."""

import itertools

import pytest
from django.db import transaction

from articles.models import PAGE_KINDS, Callout, Edition, KeyFacts, Person, PullQuote, Topic
from detoxsite.core import site_profile
from detoxsite.core.models import SiteProfile
from detoxsite.sample.loader.accounts import load_accounts
from detoxsite.sample.loader.articles import ArticleLoader
from testimonials.models import Testimonial
from testimonials.services import author
from tests.factories import make_live, make_review, make_topic
from tests.looks import LOOKS, ORDINARY, faults

pytestmark = pytest.mark.browser

WIDTHS = (320, 360, 390)
LONG = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
LINK = "https://www.ncbi.nlm.nih.gov/books/NBK64116/?report=printable&section=" + "x" * 60
HEADINGS = ("Counterindications:-", "Benzodiazepinsorten.", "Krampfanfallsneigung")  # 20 letters each
TABLE = (
    f"<table><tbody><tr>{''.join(f'<th>{heading}</th>' for heading in HEADINGS)}</tr>"
    f'<tr><th>{LONG}</th><td><a href="{LINK}">{LINK}</a></td><td>{"&nbsp;".join(["10 mg"] * 12)}</td></tr>'
    "</tbody></table>"
)
BODY = (
    f"<h2>{LONG}</h2><p>{LONG} <a href='{LINK}'>{LINK}</a> {'&nbsp;'.join(['column'] * 20)}</p>{TABLE}"
    f"<h3>{LONG}</h3><ul><li>{LONG}</li></ul><blockquote><p>{LONG}</p></blockquote>"
)
FIXED = [
    *("/", "/articles/", "/search/", "/search/?q=naloxone", f"/search/?q={LONG}", "/reviews/", "/reviews/new/"),
    *("/reviews/sent/", "/reviews/how/", "/reviews/told/", "/reviews/link/", "/reviews/link/sent/", "/help/"),
    *("/help/sent/", "/help/own/", "/privacy/", "/accessibility/", "/no-such-page/", "/accounts/login/"),
]


@pytest.fixture
def wide_content(transactional_db):
    """An article, a review and a site profile with words that no phone is wide enough for."""
    SiteProfile.objects.update(
        notice=f"{LONG} {LINK}",
        address=LONG,
        legal_name=LONG,
        name=LONG[:60],
        steps=f"{LONG} | {LONG}",
        license_line=LONG,
        phone_hours=LONG[:40],
    )
    blocks = [
        Callout(ordering=20, tone="danger", title=LONG, body=f"<p>{LONG}</p>{TABLE}"),
        KeyFacts(ordering=30, title=LONG, rows=f"{LONG} | {LINK}\nDose | {LONG}"),
        PullQuote(ordering=40, quote=LONG, attribution=LONG),
    ]
    topic = make_topic(name=LONG[:40], slug="long")
    make_live(BODY, slug="long", title=LONG, summary=LONG, topic=topic, sources=2, blocks=blocks)
    make_review("published", words=f"{LONG} {LONG}", name=LONG[:40], reply=LONG)
    author.withdraw(make_review("published").pk, how="by phone")
    site_profile.expire()


@pytest.fixture
def public_pages(wide_content, settings, tmp_path):
    """The addresses of all public pages, with every sample article among them."""
    settings.MEDIA_ROOT = tmp_path
    with transaction.atomic():
        ArticleLoader(load_accounts(with_passwords=False)).load()
    articles = {edition.get_absolute_url() for edition in Edition.objects.live().select_related("article")}
    topics = {topic.get_absolute_url() for topic in Topic.objects.filter(articles__editions__in=Edition.objects.live())}
    reviews = [f"/reviews/{review.pk}/" for review in Testimonial.objects.order_by("-pk")[:6]]
    people = sorted(person.get_absolute_url() for person in Person.objects.filter(has_page=True))
    return [*FIXED, *sorted(articles), *sorted(topics), *people, *reviews, f"{reviews[0]}tell/"]


def overflowing(page):
    """What sticks out of the page, if anything does."""
    return page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth
          if (document.documentElement.scrollWidth <= width) return []
          const all = [...document.querySelectorAll("body *")]
          const outside = all.filter(one => one.getBoundingClientRect().right > width)
          return [document.documentElement.scrollWidth, ...outside.map(one => one.outerHTML.slice(0, 120))].slice(0, 6)
        }"""
    )


def stacked(page):
    """Text in a column so narrow that its letters stand below each other."""
    return page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, h3, caption, p, li, dt, dd, th, td, b, span")].filter((one) => {
          const width = one.getBoundingClientRect().width
          return width > 1 && width < 3 * parseFloat(getComputedStyle(one).fontSize) && one.innerText.length > 12
        }).map((one) => one.outerHTML.slice(0, 120))"""
    )


def of_pages():
    """Pages at the root, and a person's: not checked by other journeys."""
    pages = Edition.objects.live().filter(article__kind__in=PAGE_KINDS).select_related("article")
    return [page.get_absolute_url() for page in pages] + [Person.objects.get(slug="maya-ortiz").get_absolute_url()]


def test_no_public_page_scrolls_sideways_and_axe_finds_nothing_on_pages(visitor, public_pages):
    """Each page in two of the twelve looks, in turns; script/bench build-site has them all."""
    reader, found, checked = visitor(), {}, of_pages()
    looks = itertools.cycle(LOOKS[number * 5 % len(LOOKS)] for number in range(len(LOOKS)))
    for path in public_pages:
        reader.page.goto(reader.origin + path)
        for width in WIDTHS:
            reader.page.set_viewport_size({"width": width, "height": 800})
            if outside := overflowing(reader.page) or stacked(reader.page):
                found[path, width] = outside
        for look in itertools.islice(looks, 2 * (path in checked)):
            look.put_on(reader.page)
            if wrong := faults(reader.page):
                found[path, str(look)] = wrong
        reader.page.emulate_media(**ORDINARY)

    assert len(public_pages) > 40
    assert len(checked) >= 10
    assert found == {}


def test_a_wide_table_is_read_whole_with_the_keyboard(visitor, wide_content):
    reader = visitor(width=320)
    reader.open("/articles/long/")

    table = reader.page.get_by_role("group", name=f"Table: {', '.join(HEADINGS)}").last
    table.focus()
    assert [cell.inner_text() for cell in table.get_by_role("columnheader").all()] == list(HEADINGS)
    for heading in table.get_by_role("columnheader").all():
        assert heading.bounding_box()["height"] < 2.5 * 1.6 * 16, "the letters are stacked"
    for _ in range(40):
        reader.page.keyboard.press("ArrowRight")
    reader.page.wait_for_function("e => e.scrollLeft + e.clientWidth >= e.scrollWidth - 1", arg=table.element_handle())
