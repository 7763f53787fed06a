"""Addresses of the measured site, with words that each page has to contain."""

import html
import http.client
import re
from dataclasses import replace
from random import Random
from urllib.parse import quote

from .load import BROWSER, Target

PAGE_SIZE = 10
ARTICLE = re.compile(r'href="/articles/([-\w]+-\d{6})/"')  # a generated one
TOPIC = re.compile(r'href="(/articles/topics/[-\w]+/)"')
NEXT_PAGE = re.compile(r'href="(?:/articles/)?(\?[^"]*)" rel="next"')
REVIEW = re.compile(r"/reviews/\d+/")
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


def fetch(port: int, path: str, headers: dict | None = None) -> tuple[int, bytes]:
    """Status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def headed(port: int, path: str) -> Target:
    """A page, recognized by its main heading as it is now."""
    status, body = fetch(port, path)
    found = re.search(r"<h1[^>]*>.*?</h1>", body.decode(), re.DOTALL)
    if status != 200 or not found:
        raise RuntimeError(f"{path} answers {status}")
    return Target(path, contains=found[0])


def as_browser(targets: list[Target]) -> list[Target]:
    return [replace(target, headers=(*target.headers, ("Accept-Encoding", BROWSER))) for target in targets]


def articles(seed: int = 1) -> list[Target]:
    """Every generated article that readers see, shuffled; each page has its title."""
    from articles.models import Edition

    live = Edition.objects.live().filter(article__slug__regex=r"-\d{6}$")
    found = [
        Target(f"/articles/{slug}/", contains=html.escape(title))
        for slug, title in live.values_list("article__slug", "title")
    ]
    Random(seed).shuffle(found)
    return found


def list_pages(port: int) -> list[Target]:
    """A page of the list of articles after each article but the last; page N is number 10·(N - 1).

    Where the site numbers its pages, the pages. Each contains the address of its first article.
    """
    from articles.models import Edition

    articles = Edition.objects.live().filter(article__kind="article")
    live = list(articles.values_list("pk", "article_id", "article__slug"))
    link = re.search(rb'href="(?:/articles/)?\?after=(\d+)', fetch(port, "/articles/")[1])
    first = Target("/articles/", contains=f"/articles/{live[0][2]}/")
    if not link:
        starts = range(PAGE_SIZE, len(live), PAGE_SIZE)
        pages = [
            Target(f"/articles/?page={start // PAGE_SIZE + 1}", contains=f"/articles/{live[start][2]}/")
            for start in starts
        ]
        return [page for page in [first, *pages] for _ in range(PAGE_SIZE)]
    keys = live[PAGE_SIZE - 1][:2]
    column = keys.index(int(link[1]))
    return [first] + [
        Target(f"/articles/?after={before[column]}", contains=f"/articles/{row[2]}/")
        for before, row in zip(live, live[1:], strict=False)
    ]


def topic(port: int) -> Target:
    from articles.models import Topic

    return headed(port, Topic.objects.first().get_absolute_url())


def searches() -> dict[Target, str]:
    """Each search with its kind."""
    return {
        Target(f"/search/?q={quote(words)}", contains=html.escape(words)): kind
        for kind, several in SEARCHES.items()
        for words in several
    }
