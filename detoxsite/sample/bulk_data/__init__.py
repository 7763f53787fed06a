"""Bulk data for scale tests: the same rows for the same seed, with dates relative to the day of generation.

Everything is marked as sample content. Editions go through every transition that the database demands, in batches.
"""

from datetime import UTC, datetime, time

from detoxsite.core.progress_bar import show_progress

from . import articles as written
from . import reviews_and_requests
from .staff import staff


def fill(*, articles: int, reviews: int, calls: int, seed: int, stream) -> None:
    """Add that many articles, reviews and requests to the existing content, with a progress bar on ``stream``."""
    today, people = datetime.combine(datetime.now(UTC), time(9, 30), UTC), staff()
    writer = written.Writer(seed, today, people, written.topics())
    show_progress(written.load(writer, articles), articles, "articles", stream)
    show_progress(written.finish_pages(articles), articles, "pages", stream)
    show_progress(reviews_and_requests.load_reviews(seed, today, people, reviews), reviews, "reviews", stream)
    show_progress(reviews_and_requests.load_calls(seed, today, people, calls), calls, "calls", stream)
