"""Reviews as pages quote them: the newest, or one that an editor chose. None that readers do not see."""

from django.template.loader import render_to_string
from django.utils.text import Truncator

from articles.published import listings

from .models import Testimonial

OFFERED = 100  # of the newest, to an editor who chooses one


def register() -> None:
    listings.register("reviews", newest, of=("reviews",))
    listings.register("review", one, of=("reviews",), choices=choices)


def newest(count: int) -> str:
    return _quoted(Testimonial.objects.shown()[:count])


def one(key: int) -> str:
    return _quoted(Testimonial.objects.shown().filter(pk=key))


def _quoted(reviews) -> str:
    reviews = list(reviews)
    return render_to_string("testimonials/_quotations.html", {"reviews": reviews}) if reviews else ""


def choices(chosen: int | None) -> list[tuple[int, str]]:
    """The newest, and ``chosen`` while readers see it, each with its month, its author and its first words."""
    shown = Testimonial.objects.shown().only("submitted_at", "shown_name", "shown_words")
    reviews = list(shown[:OFFERED])
    if chosen and chosen not in {review.pk for review in reviews}:
        reviews += shown.filter(pk=chosen)
    return [(review.pk, _label(review)) for review in reviews]


def _label(review: Testimonial) -> str:
    return f"{review.submitted_at:%B %Y}, {review.by_line}: {Truncator(review.shown_words).words(12)}"
