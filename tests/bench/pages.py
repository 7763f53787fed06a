"""Public pages under load: not rendered before, rendered before, and search alone; memory afterwards."""

import statistics
from collections import Counter

from . import content, load, rows, web_processes
from .bench import Bench
from .load import Target
from .rows import Goal, Row

FILL_SECONDS = 30.0  # at most, for visiting every page before the memory is read
ENOUGH = 500  # addresses; with fewer, none is spent on warming up
DEEP = 900  # number of a list page
WARM = 20  # articles that are asked for in turn once they are cached


class Deck:
    """Addresses of which each is asked for once, so that no answer can come from a cache."""

    def __init__(self, bench: Bench, targets: list[Target]) -> None:
        self.bench, self.targets, self.next = bench, targets, 0
        self.options = {"warm_up": 0} if len(targets) < ENOUGH else {}

    def measure(self) -> load.Slice:
        """A slice after a change that made every page untrue; from the front again when few addresses are left."""
        self.bench.change_something()
        if self.next > len(self.targets) * 0.7:
            self.next = 0
        found = self.bench.slice(self.bench.site.port, self.targets, is_once=True, first=self.next, **self.options)
        self.next = found.next
        return found


def cold(bench: Bench) -> None:
    """Pages that no process has rendered since the last change of the site."""
    articles, lists = content.articles(), content.list_pages(bench.site.port)
    deep = far_down(lists)
    size = min(2_000, 2 * (len(lists) - deep))
    first, last = lists[:size], lists[max(0, deep - size // 2) : deep + size // 2]
    first, last = (list(dict.fromkeys(part)) for part in (first, last))
    found = bench.compare(
        {
            "article, cold": (Deck(bench, articles).measure, Goal(0.30)),
            "article, cold, compressed": (Deck(bench, content.as_browser(articles)).measure, None),
            "list page 1, cold": (Deck(bench, first).measure, Goal(0.25)),
            f"list page {deep // content.PAGE_SIZE + 1}, cold": (Deck(bench, last).measure, Goal(0.25)),
        }
    )
    *_, near, far = found
    shares = [far / near if near else 0.0 for near, far in zip(near.values, far.values, strict=True)]
    bench.add(*found)
    bench.add(rows.of_rounds("list, cold, far from the top", shares, "x page 1", Goal(0.8)))


def far_down(lists: list[Target]) -> int:
    """The number of the list page's first article: of page DEEP, or near the end of a shorter list."""
    return min((DEEP - 1) * content.PAGE_SIZE, len(lists) * 24 // 25)


def cached(bench: Bench) -> None:
    """Pages that every process has rendered before."""
    port, lists = bench.site.port, content.list_pages(bench.site.port)
    articles = content.articles()[:WARM]
    deep = far_down(lists)
    pages = {
        "article": articles,
        "article, compressed": content.as_browser(articles),
        "list page 1": lists[:1],
        f"list page {deep // content.PAGE_SIZE + 1}": lists[deep : deep + 1],
        "home": [content.headed(port, "/")],
        "topic": [content.topic(port)],
        "reviews": [content.headed(port, "/reviews/")],
        "help form": [content.headed(port, "/help/")],
    }
    for targets in pages.values():
        bench.slice(port, targets, warm_up=0)
    measures = {
        f"{name}, cached": (lambda targets=targets: bench.slice(port, targets), None if "," in name else Goal(1.5))
        for name, targets in pages.items()
    }
    constant = [Target("/constant/", contains="The same words")]
    measures["constant view in the site"] = (lambda: bench.slice(port, constant), None)
    bench.add(*bench.compare(measures))


def search(bench: Bench) -> None:
    from articles.models import Edition

    kinds = content.searches()
    found = bench.alone(list(kinds), count=len(kinds) * 8 if bench.effort.alone >= 100 else 0)
    times = load.median_by_target(found)
    by_kind = {kind: [] for kind in content.SEARCHES}
    for number, kind in enumerate(kinds.values()):
        by_kind[kind].append(times.get(number, 0.0))
    count = Edition.objects.live().count()
    bench.add(
        Row(
            "search, alone",
            statistics.median(times.values() or [0]),
            "ms p50",
            Goal(8 if count < 50_000 else 15, is_most=True),
            details=[
                f"{count:,} articles",
                f"p99 {rows.shown(found.p99)} ms",
                *(f"{kind} {rows.shown(statistics.median(taken))}" for kind, taken in by_kind.items()),
            ],
            faults=Counter(found.faults),
        )
    )


def memory(bench: Bench) -> None:
    """Proportional set size of the largest web process, after a visit of every page there is."""
    targets = [*content.articles(), *dict.fromkeys(content.list_pages(bench.site.port))]
    seconds = min(FILL_SECONDS, bench.effort.seconds * 15)
    visited = [load.run(bench.site.port, targets, seconds=seconds / 2, warm_up=0, is_once=True) for _ in range(2)]
    sizes = [web_processes.pss(pid) for pid in web_processes.pids(bench.site)]
    bench.add(
        Row(
            "memory of a web process",
            max(sizes),
            "MB PSS",
            Goal(110, is_most=True),
            details=[
                f"each {', '.join(map(rows.shown, sizes))}",
                f"after visits of {max(one.answers for one in visited):,} of {len(targets):,} pages, twice",
            ],
            faults=sum((Counter(one.faults) for one in visited), Counter()),
        )
    )
