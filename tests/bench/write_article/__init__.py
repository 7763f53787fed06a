"""script/bench write-article: the same article typed and pasted, in our editor and in Wagtail; clicks and keys counted.

Both sites run here, each with its own database; one Chromium types in both. Wagtail is installed by name from the
package index, into an environment that lives as long as the run.
"""

import sys
from collections import Counter
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import chromium
from tests.bench.servers import BenchSite
from tests.site_process import ROOT

from . import article, in_detoxsite, in_wagtail
from .typist import Typist
from .wagtail_process import WagtailSite

PICTURE_FILE = ROOT / "detoxsite/sample/content/pictures/harbor-morning.png"
COLUMNS = ("clicks", "keys", "clicks and keys", "typed", "seconds")
# Of a skilled hand, from Card, Moran and Newell (1980): a letter or key; to point at something, press and release.
SECONDS = {"typed": 0.28, "keys": 0.28, "clicks": 1.1 + 0.1 + 0.1}


def main(folder: Path) -> bool:
    """Print a table in Markdown: what was pressed in each of the two; return whether we need less."""
    folder.mkdir(parents=True)
    site, other = BenchSite(folder / "site"), WagtailSite(folder / "wagtail")
    try:
        other.start(PICTURE_FILE, article.PICTURE)
        site.var.mkdir()
        site.manage("bootstrap")
        site.start()
        site.set_up_django()
        from tests.bench import desk  # needs Django

        origin, session = f"http://127.0.0.1:{site.port}", desk.session("editor")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**chromium.OPTIONS)
            ours = [do(browser, origin, session) for do in (in_detoxsite.write, in_detoxsite.paste)]
            theirs = [do(browser, other.origin, other.session) for do in (in_wagtail.write, in_wagtail.paste)]
            browser.close()
        in_detoxsite.check()
        in_wagtail.check(other)
    finally:
        other.stop()
        site.stop()
    kinds = Counter(kind for kind, _ in article.PARTS)
    held = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    lines = [f"{article.words():,} words: {held}, 1 source"]
    for way, our, their in zip(("Typed", "Pasted"), ours, theirs, strict=True):
        lines += ["", f"{way}:", "", *_table(our, their, other.version)]
    sys.stdout.write("\n".join([*lines, ""]))
    return all(
        _total(our)["clicks and keys"] <= _total(their)["clicks and keys"]
        for our, their in zip(ours, theirs, strict=True)
    )


def _table(ours: Typist, theirs: Typist, version: str) -> list[str]:
    counts = {"Detoxsite": _total(ours), f"Wagtail {version}": _total(theirs)}
    rows = [_row(name, *(f"{count[column]:,}" for column in COLUMNS)) for name, count in counts.items()]
    ratios = [
        f"{a / b:.2f}" if b else "" for a, b in zip(*([c[x] for x in COLUMNS] for c in counts.values()), strict=True)
    ]
    jobs = [
        _row(f"{name}: {job}", *(f"{_with_sum(count)[column]:,}" for column in COLUMNS))
        for name, staff in (("Detoxsite", ours), ("Wagtail", theirs))
        for job, count in staff.jobs.items()
    ]
    head = [_row("", *COLUMNS), "|---" * (len(COLUMNS) + 1) + "|"]
    return [*head, *rows, _row("ratio", *ratios), "", *head, *jobs]


def _total(staff: Typist) -> Counter:
    return _with_sum(sum(staff.jobs.values(), Counter()))


def _with_sum(count: Counter) -> Counter:
    seconds = round(sum(count[kind] * each for kind, each in SECONDS.items()))
    return count + Counter({"clicks and keys": count["clicks"] + count["keys"], "seconds": seconds})


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
