"""What script/bench runs: how long pages take with many articles and reviews, as multiples of a page that does nothing.

Everything is measured in one process and one run, without a network, so that the ratios compare from machine to
machine. The times in milliseconds, which do not, are in the detail.
"""

import argparse
import gzip
import os
import re
import shutil
import statistics
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django
from django.conf import settings

from detoxsite.ops.process_manager import embedded
from tests import fault_injection
from tests.bench import latency

ROUNDS, MANY_ROUNDS = 15, 50
FEW_REVIEWS = 1_000
DEEP_PAGE = 10_000
SEARCHES = {
    "rare": ["lofexidine", "phenobarbital", "nalmefene", "zonisamide"],
    "common": ["withdrawal", "alcohol", "detox", "medicine"],
    "several words": [
        "alcohol withdrawal seizures",
        "opioid medicine",
        "naltrexone methadone clonidine",
        "help family",
    ],
    "mistyped": ["baclofin", "bupernorfine", "methdone", "gabapenten", "alchohol"],
    "synonym": ["xannies", "booze", "blue pills", "subs"],
    "beginning": ["naltr", "benzodiaz", "pheno", "withdrawa"],
    "phrase": ['"alcohol withdrawal"', '"call 911"'],
    "nothing": ["zzzzqqqq", "the", "-alcohol", "qqqq zzzz xxxx"],
}


def measured(visits, rounds: int = ROUNDS) -> dict[str, float]:
    """The median milliseconds of each visit (name: function). Visits take turns; the first round does not count."""
    times = {name: [] for name in visits}
    for number in range(rounds + 1):
        for name, visit in visits.items():
            began = time.perf_counter()
            visit()
            if number:
                times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


class Bench:
    def __init__(self, articles: int, reviews: int) -> None:
        from django.test import Client

        self.articles, self.reviews, self.reader, self.bare = articles, reviews, Client(), 0.0

    def load(self) -> float:
        """Fill the database; return the seconds that the articles took."""
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("sample", stdout=open(os.devnull, "w"))  # noqa: SIM115
        began = time.perf_counter()
        call_command("sample", articles=self.articles, seed=1)
        seconds = time.perf_counter() - began
        call_command("sample", reviews=FEW_REVIEWS, calls=1000, seed=1)
        return seconds

    def compare(self, name: str, url: str, client=None, note: str = "") -> None:
        client = client or self.reader
        visit = lambda: self.get(url, client)  # noqa: E731
        times = measured({name: visit, "bare": lambda: self.get("/bare/", client)})
        queries = f"{self.queries(url, client)} queries"
        say(name, times[name] / times["bare"], "x bare", f"p50 {times[name]:.1f} ms", queries, note)

    def get(self, url: str, client):
        response = client.get(url)
        assert response.status_code == 200, f"{url}: {response.status_code}"
        return response

    def queries(self, url: str, client) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.get(url, client)
        with CaptureQueriesContext(connection) as queries:
            self.get(url, client)
        return len(queries)


def say(name: str, value: float, unit: str, *details: str) -> None:
    shown = f"{value:.2f}" if value < 1 else f"{value:.1f}"
    print(f"{name}: {shown} {unit} ({', '.join(filter(None, details))})", flush=True)


def search(bench: Bench) -> None:
    from urllib.parse import quote

    urls = {(kind, words): f"/search/?q={quote(words)}" for kind, all_words in SEARCHES.items() for words in all_words}
    visits = {key: lambda url=url: bench.get(url, bench.reader) for key, url in urls.items()}
    times = measured({"bare": lambda: bench.get("/bare/", bench.reader), **visits})
    bare, most = times.pop("bare"), max(bench.queries(url, bench.reader) for url in urls.values())
    whole = statistics.median(times.values())
    say("search", whole / bare, "x bare", f"p50 {whole:.1f} ms", f"at most {most} queries", f"{len(times)} searches")
    for kind in SEARCHES:
        found = statistics.median(taken for (one, _), taken in times.items() if one == kind)
        say(f"search, {kind}", found / bare, "x bare", f"p50 {found:.1f} ms")


def articles(bench: Bench) -> None:
    from articles.models import Edition

    some = Edition.objects.live().select_related("article")[bench.articles // 2]
    bench.compare("article page", some.get_absolute_url())
    bench.compare("article list", "/articles/")
    bench.compare("article list, page 100", "/articles/?page=100" if bench.articles >= 2000 else "/articles/?page=2")
    bench.compare("topic", some.article.topic.get_absolute_url())
    bench.compare("home", "/")


def article_admin(bench: Bench) -> None:
    from django.test import Client

    from articles.models import Edition
    from detoxsite.core.models import User

    client = Client()
    client.force_login(User.objects.get(email="editor@example.org"))
    bench.compare("desk list", "/admin/articles/edition/", client)
    bench.compare("desk list, search", "/admin/articles/edition/?q=naltrexone", client)
    draft = Edition.objects.filter(state="draft", number=2).first() or Edition.objects.filter(state="draft").first()
    url = f"/admin/articles/edition/{draft.pk}/change/"
    page, static = weigh(bench.get(url, client).content.decode())
    bench.compare("edit page", url, client, f"{page:.0f} kB and {static:.0f} kB of static files, compressed")


def reviews(bench: Bench) -> None:
    """Compare each page with many reviews to itself with few; the other benchmarks run with few."""
    from django.core.management import call_command

    few = review_pages(bench)
    began = time.perf_counter()
    call_command("sample", reviews=bench.reviews - FEW_REVIEWS, seed=1)
    seconds = time.perf_counter() - began
    say("loading reviews", seconds / 60, "minutes", f"{bench.reviews:,} reviews")
    many = review_pages(bench)
    for name, (before, _, _) in few.items():
        after, bare, queries = many[name]
        times = f"p50 {before:.1f} ms with {FEW_REVIEWS:,} and {after:.1f} ms with {bench.reviews:,}"
        say(name, after / before, "x itself", times, f"{after / bare:.1f} x bare", f"{queries} queries")


def review_pages(bench: Bench) -> dict[str, tuple[float, float, int]]:
    """By page: median milliseconds, those of a page that does nothing, and queries."""
    from django.test import Client

    from detoxsite.core.models import User
    from testimonials.models import Testimonial
    from testimonials.public_list import PAGE_SIZE

    moderator = Client()
    moderator.force_login(User.objects.get(email="moderator@example.org"))
    shown, waiting = Testimonial.objects.shown(), Testimonial.objects.awaiting_decision()
    deep = shown[min((DEEP_PAGE - 1) * PAGE_SIZE, shown.count() - PAGE_SIZE) - 1].pk
    halfway = waiting[waiting.count() // 2].pk
    pages = {
        "reviews, list": ("/reviews/", bench.reader),
        "reviews, deep page": (f"/reviews/?after={deep}", bench.reader),
        "reviews, year": (f"/reviews/?year={shown[0].submitted_at.year - 1}", bench.reader),
        "reviews, one": (f"/reviews/{deep}/", bench.reader),
        "reviews, how they are handled": ("/reviews/how/", bench.reader),
        "reviews, queue": ("/admin/testimonials/testimonial/", moderator),
        "reviews, queue, halfway": (f"/admin/testimonials/testimonial/?after={halfway}", moderator),
    }
    visits = {name: lambda url=url, client=client: bench.get(url, client) for name, (url, client) in pages.items()}
    visits["bare"] = lambda: bench.get("/bare/", bench.reader)
    times = measured(visits, MANY_ROUNDS)
    return {name: (times[name], times["bare"], bench.queries(*page)) for name, page in pages.items()}


def detector(bench: Bench) -> None:
    """How long the detector takes for a review, and how many names of the labeled reviews it finds."""
    from testimonials.pii import find_matches
    from tests.testimonials.pii.corpus import (
        DEVELOPMENT,
        FRESH,
        HELD_OUT,
        records,
    )
    from tests.testimonials.pii.scoring import Score

    sets = {"development": records(DEVELOPMENT), "held out before": records(HELD_OUT), "fresh": records(FRESH)}
    reviews = [record.text for record in sets["development"]]
    longest = " ".join(reviews)[:5000]
    visits = {
        "bare": lambda: bench.get("/bare/", bench.reader),
        "reviews": lambda: [find_matches(words) for words in reviews],
        "longest": lambda: find_matches(longest),
    }
    times = measured(visits, rounds=5)
    one = times["reviews"] / len(reviews)
    most = f"{times['longest']:.1f} ms for 5,000 letters"
    say("hints", one / times["bare"], "x bare", f"{one:.2f} ms a review", most)
    for name, some in sets.items():
        score = Score(some)
        details = [f"precision {score.precision('name'):.3f}", f"{score.labels['name']} names in {len(some)} reviews"]
        say(f"hints, names, {name}", score.recall("name"), "recall", *details)


def weigh(html: str) -> tuple[float, float]:
    """Kilobytes of a page and of its static files, compressed as they are sent."""
    from django.contrib.staticfiles import finders

    names = set(re.findall(rf'(?:src|href)="{settings.STATIC_URL}([^"?#]+)', html))
    files = [finders.find(name) for name in names]
    static = 0
    for file in filter(None, files):
        with open(file, "rb") as opened:
            static += len(gzip.compress(opened.read()))
    return len(gzip.compress(html.encode())) / 1000, static / 1000


BENCHES = {
    "search": search,
    "articles": articles,
    "desk": article_admin,
    "hints": detector,
    "reviews": reviews,  # the last one adds rows
}
SITES = ("acknowledge", "faults")  # these run their own site


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(["loading", *BENCHES, *SITES]))
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--reviews", type=int, default=100_000)
    parser.add_argument("--submissions", type=int, default=2_000, help="for faults")
    parser.add_argument("--seed", type=int, default=1, help="for faults")
    chosen = parser.parse_args(arguments)
    known = ["loading", *BENCHES, *SITES]
    if unknown := set(chosen.names) - set(known):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(known)}")
    wanted = set(chosen.names or known)
    if "acknowledge" in wanted:
        latency.main(say)
    if "faults" in wanted and not fault_injection.main(people=chosen.submissions, seed=chosen.seed):
        return 1
    if not wanted - set(SITES):
        return 0
    return pages(wanted - set(SITES), articles=chosen.articles, reviews=max(chosen.reviews, 2 * FEW_REVIEWS))


def pages(wanted: set[str], *, articles: int, reviews: int) -> int:
    """Run the benchmarks that need many articles or reviews."""
    database = embedded()
    try:
        if database:
            database.start()
        django.setup()
        settings.ROOT_URLCONF = "tests.bench.urls"
        bench = Bench(articles, reviews)
        seconds = bench.load()
        say("loading", seconds, "s", f"{articles} articles, {articles / seconds:.0f} a second")
        for name, run in BENCHES.items():
            if name in wanted:
                run(bench)
    finally:
        if database:
            database.stop()
            shutil.rmtree(os.environ["DETOX_VAR"], ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
