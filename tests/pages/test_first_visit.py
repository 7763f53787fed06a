"""What a browser fetches on the first visit of a page, besides pictures: a slow phone has to have it soon."""

import re
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders

from articles.models import Callout, Column, Comparison, Question, Step
from detoxsite.core import site_profile
from tests.factories import make_live, make_page

pytestmark = pytest.mark.django_db

MAX_SIZE, MAX_REQUESTS = 30_000, 4  # bytes as they are sent; the page itself counts
PARTS = re.compile(r'<(?:link[^>]* rel="(?:stylesheet|icon)"|script|use|link)[^>]*? (?:href|src)="(/static/[^"#]+)')
WORDS = "<p>You do not have to be ready. Ask us one question, and hang up if you like.</p>"


def blocks():
    yield Callout(tone="danger", title="Danger", body="<p>Call 911.</p>", ordering=20)
    yield Comparison(title="Levels", cells="Level\tNights\nDetox\tWith us\nDay\tAt home", own_row=1, ordering=30)
    for number in range(5):
        yield Step(label=f"Day {number}", title="You call", body=WORDS, ordering=40 + number)
    for number in range(12):
        yield Question(title=f"Question {number}: may I keep my phone?", body=WORDS, ordering=50 + number)
    for number in range(3):
        yield Column(icon="waves", title=f"Column {number}", body=WORDS, ordering=70 + number)


@pytest.fixture
def addresses():
    for slug in ("about", "team", "insurance", "faq", "what-to-bring"):
        make_page(slug)
    visit = make_page("visit", body=WORDS * 20, blocks=blocks())
    article = make_live(WORDS * 60, slug="withdrawal", sources=6)
    site_profile.expire()
    return "/", visit.get_absolute_url(), article.get_absolute_url(), "/help/"


def test_it_is_at_most_30_kb_in_4_requests(client, addresses):
    for address in addresses:
        html = client.get(address).content
        files = {Path(finders.find(path.removeprefix("/static/"))) for path in PARTS.findall(html.decode())}
        assert any(file.suffix == ".css" for file in files)
        size = len(brotli.compress(html, quality=4)) + sum(len(brotli.compress(file.read_bytes())) for file in files)
        assert size <= MAX_SIZE, (address, size)
        assert 1 + len(files) <= MAX_REQUESTS, (address, files)
