"""script/bench write-article: the same article typed in our editor and in Wagtail, with clicks and keys counted.

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
COLUMNS = ("clicks", "keys", "clicks and keys", "typed")


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
            ours = in_detoxsite.write(browser, origin, session)
            theirs = in_wagtail.write(browser, other.origin, other.session)
            browser.close()
        in_detoxsite.check()
        in_wagtail.check(other)
    finally:
        other.stop()
        site.stop()
    sys.stdout.write("\n".join([*_table(ours, theirs, other.version), ""]))
    return _total(ours)["clicks and keys"] <= _total(theirs)["clicks and keys"]


def _table(ours: Typist, theirs: Typist, version: str) -> list[str]:
    kinds = Counter(kind for kind, _ in article.PARTS)
    held = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
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
    return [f"{article.words():,} words: {held}, 1 source", "", *head, *rows, _row("ratio", *ratios), "", *head, *jobs]


def _total(staff: Typist) -> Counter:
    return _with_sum(sum(staff.jobs.values(), Counter()))


def _with_sum(count: Counter) -> Counter:
    return count + Counter({"clicks and keys": count["clicks"] + count["keys"]})


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
