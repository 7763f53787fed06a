"""Pages at the root and the first page beside articles, in turns: as multiples of an article's rate or time."""

import statistics
import time

from tests import factories

from . import content, rows
from .bench import Bench
from .load import Slice, Target
from .pages import WARM, Deck
from .rows import Goal, Row

COUNT = 600  # pages, each with the blocks of an article
TRIES = 20  # changes after which the first page is asked for
RATIO = "x article"
GOAL = Goal(0.9)  # as fast, as far as rounds on a busy machine can tell


def root_pages(bench: Bench) -> None:
    articles, pages = same_texts()
    port = bench.site.port
    home = [content.headed(port, "/")]
    _compare(bench, "cold", {"article": Deck(bench, articles).measure, "page": Deck(bench, pages).measure})
    kept = {"article": articles[:WARM], "page": pages[:WARM], "first page": home}
    for targets in kept.values():
        bench.slice(port, targets, warm_up=0)
    _compare(bench, "cached", {name: lambda of=of: bench.slice(port, of) for name, of in kept.items()})
    bench.add(first_page_alone(bench, articles, home[0]))


def _compare(bench: Bench, state: str, measures: dict) -> None:
    """Add a row for each measure but the first, in multiples of that."""
    slices: dict[str, list[Slice]] = {name: [] for name in measures}
    for turn in range(bench.effort.rounds):
        for name in list(measures)[:: -1 if turn % 2 else 1]:
            slices[name].append(measures[name]())
    base, *others = slices
    for name in others:
        found = [one.rate / max(first.rate, 1e-9) for one, first in zip(slices[name], slices[base], strict=True)]
        median = {one: statistics.median(slice_.rate for slice_ in slices[one]) for one in (name, base)}
        row = rows.of_rounds(f"{name}, {state}, beside articles", found, RATIO, GOAL)
        row.ours, row.baseline = (f"{rows.shown(rate)}/s" for rate in median.values())
        for one in (*slices[name], *slices[base]):
            row.faults.update(one.faults)
        bench.add(row)


def first_page_alone(bench: Bench, articles: list[Target], home: Target) -> Row:
    """The first visit of the first page after a change, and that of an article, each by one request."""
    taken: dict[str, list[float]] = {"home": [], "article": []}
    for number in range(min(TRIES, bench.effort.tries)):
        bench.change_something()
        asked = {"home": home, "article": articles[number % len(articles)]}
        for name in list(asked)[:: -1 if number % 2 else 1]:
            began = time.perf_counter()
            status, body = content.fetch(bench.site.port, asked[name].path)
            taken[name].append((time.perf_counter() - began) * 1000)
            if status != 200 or asked[name].contains not in body.decode():
                raise RuntimeError(f"{asked[name].path} answers {status}")
    home_ms, article_ms = (statistics.median(taken[name]) for name in ("home", "article"))
    details = [f"{rows.shown(home_ms)} ms against {rows.shown(article_ms)} ms", f"{len(taken['home'])} changes"]
    return Row("first page, cold, alone", home_ms / article_ms, f"{RATIO}’s time", details=details)


def same_texts() -> tuple[list[Target], list[Target]]:
    """Generated articles, and for each a page with the same blocks; the pages of an earlier run are there still."""
    from articles.models import Article, Edition

    articles = content.articles()[:COUNT]
    paths = [target.path.removeprefix("/articles/").strip("/") for target in articles]
    signature = _signature()
    for edition in Edition.objects.live().filter(article__slug__in=paths).select_related("article"):
        if not Article.objects.filter(path=page_path(edition.article.slug)).exists():
            _page_like(edition, signature)
    pages = [Target(f"/{page_path(path)}/", target.contains) for path, target in zip(paths, articles, strict=True)]
    return articles, pages


def page_path(slug: str) -> str:
    """The path of the page with the text of the generated article whose slug ends in this number."""
    return f"page-{slug[-6:]}-like-article"


def _page_like(edition, signature: dict) -> None:
    from articles.models import Article, Kind, blocks_of

    blocks = blocks_of(edition)
    text = next(block for block in blocks if block.kind == "text")
    others = [block for block in blocks if block is not text]
    for block in others:
        block.pk, block._state.adding = None, True
    factories.make_draft(
        text.body,
        article=Article.objects.create(kind=Kind.HOUSE, slug=page_path(edition.article.slug)),
        title=edition.title,
        summary=edition.summary,
        author=edition.author,
        sources=edition.sources.count(),
        blocks=others,
        state="signed_off",
        **signature,
    )


def _signature() -> dict:
    """The columns of a sign-off, by the clinician of the sample."""
    from django.utils import timezone

    from .freshness import a_clinician

    now, clinician = timezone.now(), a_clinician()
    return {
        "reviewer": clinician.person,
        "signed_off_by": clinician,
        "signed_off_at": now,
        "publish_at": now,
        "reviewed_on": timezone.localdate(now),
        "review_due_on": timezone.localdate(now) + timezone.timedelta(days=365),
    }
