"""Whether a page costs the same on a large site as on a small one: two sites side by side, asked in turns.

Their web processes keep no pages (PAGE_CACHE_MB=0), so each visit is rendered, which a cache would hide.
"""

import contextlib
import statistics
from collections import Counter
from pathlib import Path

from django.db import connections

from . import content, load, rows
from .bench import Bench
from .load import Target
from .rows import Goal
from .servers import BenchSite

SMALL = {"articles": 1_000, "reviews": 1_000, "calls": 1_000}
VISITS = 8  # of each page in each round
WORDS = ("help", "alcohol")


def growth(bench: Bench, numbers: dict[str, int]) -> None:
    """``numbers``: of the bench's own site, which is the large one."""
    few = {name: min(count, SMALL[name]) for name, count in numbers.items()}
    with _small_site(bench.folder / "small", few) as small, _without_page_cache(bench.site) as large:
        sites = {"small": small, "large": large}
        pages = {name: public_pages(site) for name, site in sites.items()}
        ports = {name: site.port for name, site in sites.items()}
        report(bench, pages, ports, numbers)


@contextlib.contextmanager
def _without_page_cache(site: BenchSite):
    connections.close_all()  # the database server stops too
    site.stop()
    site.environment["PAGE_CACHE_MB"] = "0"
    site.start()
    try:
        yield site
    finally:
        site.stop()
        del site.environment["PAGE_CACHE_MB"]
        site.start()


@contextlib.contextmanager
def _small_site(var: Path, numbers: dict[str, int]):
    var.mkdir()
    site = BenchSite(var, PAGE_CACHE_MB="0")
    try:
        site.manage("bootstrap")
        site.manage("sample", "--seed=1", *(f"--{name}={number}" for name, number in numbers.items()))
        site.start()
        yield site
    finally:
        site.stop()


def public_pages(site: BenchSite) -> dict[str, Target]:
    """One of each kind of page, by name; found as a visitor finds them, by following links."""
    port = site.port
    paths = {name: path for name, path in PAGES.items() if content.fetch(port, path)[0] == 200}
    listed = content.fetch(port, "/articles/")[1].decode()
    generated = content.ARTICLE.findall(listed)
    paths["article"] = f"/articles/{generated[0]}/"
    paths["topic"] = content.TOPIC.findall(listed)[0]
    if more := content.NEXT_PAGE.search(listed):
        paths["list, further down"] = f"/articles/{more[1]}"
    if review := content.REVIEW.search(content.fetch(port, "/reviews/")[1].decode()):
        paths["review"] = review[0]
    return {name: Target(path) for name, path in paths.items()}


PAGES = {
    "home": "/",
    "list": "/articles/",
    "feed": "/articles/feed/",
    "reviews": "/reviews/",
    "how we handle reviews": "/reviews/how/",
    "review form": "/reviews/new/",
    "help form": "/help/",
    "privacy": "/privacy/",
    "sitemap": "/sitemap.xml",
    **{f"search for {words}": f"/search/?q={words}" for words in WORDS},
}


def report(bench: Bench, pages: dict[str, dict[str, Target]], ports: dict[str, int], large) -> None:
    """A row for each page: the large site's time, as a multiple of the small one's."""
    numbers = ", ".join(f"{count:,} {name}" for name, count in large.items())
    for name in [name for name in pages["small"] if name in pages["large"]]:
        ratios, times, faults = [], {"small": [], "large": []}, Counter()
        for number in range(bench.effort.rounds + 1):
            medians = {}
            for size, port in ports.items():
                found = load.run(port, [pages[size][name]] * VISITS, seconds=60, connections=1, warm_up=0, is_once=True)
                medians[size] = found.p50
                faults.update(found.faults)
            if number:  # the first round is for caches of the database and the system
                ratios.append(medians["large"] / max(medians["small"], 1e-9))
                for size, taken in medians.items():
                    times[size].append(taken)
        before, after = (rows.shown(statistics.median(times[size])) for size in ("small", "large"))
        bench.add(
            rows.of_rounds(
                f"growth, {name}",
                ratios,
                "x itself",
                Goal(1.2, is_most=True),
                ours=f"{after} ms",
                baseline=f"{before} ms small",
                details=[numbers],
                faults=faults,
            )
        )
