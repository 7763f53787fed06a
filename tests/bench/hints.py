"""How long the detector of the review hints takes, and how many names of the labeled reviews it finds."""

import statistics
import time

from . import rows
from .bench import Bench
from .rows import Row

ROUNDS = 5


def hints(bench: Bench) -> None:
    from testimonials.pii import find_matches
    from tests.testimonials.pii.corpus import DEVELOPMENT, FRESH, HELD_OUT, records
    from tests.testimonials.pii.scoring import Score

    sets = {"development": records(DEVELOPMENT), "held out before": records(HELD_OUT), "fresh": records(FRESH)}
    reviews = [record.text for record in sets["development"]]
    longest = " ".join(reviews)[:5000]
    taken = _median(lambda: [find_matches(words) for words in reviews])
    most = f"{rows.shown(_median(lambda: find_matches(longest)))} ms for 5,000 letters"
    bench.add(Row("hints", taken / len(reviews), "ms a review", details=[most]))
    for name, some in sets.items():
        score = Score(some)
        details = [f"precision {score.precision('name'):.3f}", f"{score.labels['name']} names in {len(some)} reviews"]
        bench.add(Row(f"hints, names, {name}", score.recall("name"), "recall", details=details))


def _median(action) -> float:
    """Milliseconds; the first call does not count."""
    times = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        action()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[1:])
