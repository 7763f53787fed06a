"""Content in bulk, for tests of scale: the same rows for the same seed, with dates around the day they are made on.

Everything made here is marked as sample content. Nothing is skipped on the way: editions take the steps that the
database asks for, a batch at a time.
"""

from datetime import UTC, datetime, time

from detoxsite.core.progress_bar import show_progress

from . import articles as written
from . import reviews_and_requests
from .staff import staff


def fill(*, articles: int, reviews: int, calls: int, seed: int, stream) -> None:
    """Add so many articles, reviews and calls for help to what is there, with a progress bar on ``stream``."""
    today, people = datetime.combine(datetime.now(UTC), time(9, 30), UTC), staff()
    writer = written.Writer(seed, today, people, written.topics())
    show_progress(written.load(writer, articles), articles, "articles", stream)
    show_progress(reviews_and_requests.load_reviews(seed, today, people, reviews), reviews, "reviews", stream)
    show_progress(reviews_and_requests.load_calls(seed, today, people, calls), calls, "calls", stream)
