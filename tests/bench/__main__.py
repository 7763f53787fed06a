"""What script/bench runs: real processes over a socket, measured in turns with a bare Django view under gunicorn.

Without names: the table of the goals. ``acknowledge``, ``build-site``, ``faults``, ``growth``, ``hints``, ``reload``,
``staff-pages`` and ``write-article`` run when named.
Exit code 1 only where an answer was wrong: times depend on the machine.
"""

import argparse
import contextlib
import os
import shlex
import shutil
import sys
import time
from pathlib import Path

from tests import fault_injection, machine_faults
from tests.bench import acknowledge, reload
from tests.bench.servers import BASELINE, BenchSite, baseline, responder

TABLE = ("ceiling", "cold", "cached", "pages", "search", "form", "freshness", "memory", "desk", "sign-off")
ON_REQUEST = ("growth", "hints", "staff-pages")
OWN_SITE = ("acknowledge", "build-site", "faults", "reload", "write-article")
NAMES = (*TABLE, *ON_REQUEST, *OWN_SITE)


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(TABLE)}; not by default: the others")
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--reviews", type=int, default=1_000)
    parser.add_argument("--calls", type=int, default=1_000, help="requests for help")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each slice of load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", type=int, default=300, help="requests of each row that is measured alone")
    parser.add_argument("--tries", type=int, default=100, help="changes of each kind, for freshness")
    parser.add_argument("--wrk", action="store_true", help="wrk in place of our client, where an address is repeated")
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="keep the site here, for another run")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write an HTML report with charts")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="for build-site: where its pictures go")
    parser.add_argument("--submissions", type=int, default=2_000, help="for faults")
    parser.add_argument("--machines", type=int, default=1, choices=(1, 2), help="for faults")
    parser.add_argument("--seed", type=int, default=1, help="for faults")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(NAMES)}")
    if chosen.wrk and not shutil.which("wrk"):
        parser.error("wrk is not installed")
    return chosen


def main(arguments: list[str]) -> int:
    chosen = parsed(arguments)
    wanted = list(dict.fromkeys(chosen.names or TABLE))
    folder, is_good = Path(os.environ["DETOX_VAR"]), True
    try:
        if "acknowledge" in wanted:
            acknowledge.main(say)
        if "build-site" in wanted:
            from tests.bench import build_site

            is_good = build_site.main(folder / "built", chosen.pictures)
        if "write-article" in wanted:
            from tests.bench import write_article

            is_good = write_article.main(folder / "written") and is_good
        if "faults" in wanted:
            harness = machine_faults if chosen.machines == 2 else fault_injection
            is_good = harness.main(people=chosen.submissions, seed=chosen.seed) and is_good
        if "reload" in wanted:
            is_good = reload.main((chosen.site or folder / "reload").resolve(), say) and is_good
        if here := [name for name in wanted if name not in OWN_SITE]:
            is_good = measure(here, chosen, folder, shlex.join(["script/bench", *arguments])) and is_good
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_good else 1


def say(name: str, value: float, unit: str, *details: str) -> None:
    shown = f"{value:.2f}" if value < 1 else f"{value:.1f}"
    print(f"{name}: {shown} {unit} ({', '.join(filter(None, details))})", flush=True)


def measure(names: list[str], chosen: argparse.Namespace, folder: Path, command: str) -> bool:
    """Measure these rows on one site, in ``folder`` unless it is kept; return whether no answer was untrue."""
    var = (chosen.site or folder / "site").resolve()
    var.mkdir(parents=True, exist_ok=True)
    site = BenchSite(var)
    facts = {"Baseline": BASELINE, "Load": f"{'wrk and our client' if chosen.wrk else 'our client'}, 16 connections"}
    with contextlib.ExitStack() as stack:
        stack.callback(site.stop)
        if not (var / "postgres").exists():
            site.manage("bootstrap")  # takes longer than a start may
        site.start()
        site.set_up_django()
        facts["Loading"] = _load(chosen)
        print(f"loading: {facts['Loading']}", flush=True)
        bench = _bench(site, stack.enter_context(baseline()), folder, chosen)
        for name in names:
            _measures(chosen)[name](bench)
        if chosen.report:
            from tests.bench import report

            report.write(chosen.report, bench.rows, command=command, facts=facts)
            print(f"report: {chosen.report}", flush=True)
    return not any(row.is_wrong for row in bench.rows)


def _load(chosen: argparse.Namespace) -> str:
    """Fill the database unless an earlier run has done so; return what it holds, and how long that took."""
    from articles.models import Article
    from tests.bench import copies

    if count := Article.objects.filter(slug__regex=r"-\d{6}$").count():
        return f"none (a site kept by an earlier run, {count:,} articles)"
    numbers = {"articles": chosen.articles, "reviews": chosen.reviews, "calls": chosen.calls}
    began = time.monotonic()
    copies.fill(numbers)
    seconds = time.monotonic() - began
    counts = ", ".join(f"{number:,} {name}" for name, number in numbers.items())
    return f"{seconds:.1f} s ({counts})"


def _bench(site: BenchSite, port: int, folder: Path, chosen: argparse.Namespace):
    from tests.bench.bench import Bench, Effort

    effort = Effort(chosen.seconds, chosen.rounds, chosen.alone, chosen.tries, chosen.wrk)
    return Bench(site, port, folder, effort, lambda row: print(row.line(), flush=True))


def _measures(chosen: argparse.Namespace) -> dict:
    """By name, what adds rows to a bench. Imported late: the modules need Django."""
    from tests.bench import desk, freshness, growth, hints, pages, requests_for_help, root_pages, staff_pages

    large = {"articles": chosen.articles, "reviews": chosen.reviews, "calls": chosen.calls}
    return {
        "ceiling": ceiling,
        "cold": pages.cold,
        "cached": pages.cached,
        "pages": root_pages.root_pages,
        "search": pages.search,
        "form": requests_for_help.help_form,
        "freshness": freshness.freshness,
        "memory": pages.memory,
        "desk": desk.desk,
        "sign-off": desk.sign_off,
        "growth": lambda bench: growth.growth(bench, large),
        "hints": hints.hints,
        "staff-pages": staff_pages.staff_pages,
    }


def ceiling(bench) -> None:
    """What the client itself reaches against a server that does nothing: a row near it says little about the site."""
    from tests.bench.load import Target

    with responder() as port:
        target = Target("/", contains="The same words")
        bench.add(*bench.compare({"load client's own ceiling": (lambda: bench.slice(port, [target]), None)}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
