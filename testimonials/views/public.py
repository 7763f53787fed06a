"""The public pages of reviews: the list, each review, its photo, and how we handle reviews."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from detoxsite.core.page_cache import finished_page
from detoxsite.core.page_metadata import Page
from detoxsite.core.pagination import key_in_query

from ..models import (
    Reason,
    ReviewEvent,
    Status,
    Testimonial,
)
from ..moderation import statistics
from ..public_list import ListPage
from ..services.reports import HIDDEN_FOR, MAX_HIDDEN_BY_READERS

FIRST_YEAR = 1990  # no link of ours goes further back
GONE = {Status.WITHDRAWN, Status.EXPIRED}
PHOTO_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


@require_safe
@finished_page("reviews", "center", query=("page", "after", "year"))
def testimonial_list(request):
    if "page" in request.GET:
        return redirect("testimonials:list", permanent=True)
    after, year = key_in_query(request, "after"), key_in_query(request, "year")
    if year is not None and (after is not None or not FIRST_YEAR <= year <= timezone.localdate().year):
        raise Http404
    at_top = after is None and year is None
    shown = ListPage(after=after, year=year)
    if not shown.rows and not at_top:
        return redirect("testimonials:list")
    count = shown.summary
    page = Page(
        "Reviews" if at_top else "Older reviews" if year is None else f"Reviews from {year} and before",
        f"{intcomma(count.shown)} reviews, how many more we withhold or have not read yet, and why, by stars."
        if count.shown > 1
        else "Reviews by people who say that they stayed here, and by families. How we choose what to show.",
        section="reviews",
        here=at_top,
        index=at_top,
    )
    return render(request, "testimonials/testimonial_list.html", {"page": page, "shown": shown, "count": count})


@require_safe
@finished_page("reviews", "center")
def testimonial(request, pk):
    """One review. 410 for one that readers have seen and that is gone; 404 for one they never saw, or may not see."""
    review = known_to_readers(pk)
    if review.status in GONE:
        return gone(request)
    if not review.is_shown:
        raise Http404
    page = Page("A review", "One review, in its author’s own words.", section="reviews", index=False)
    return render(request, "testimonials/testimonial.html", {"page": page, "review": review})


def known_to_readers(pk: int) -> Testimonial:
    """A published review, hidden or not, or one that was shown and is GONE. Raises Http404 for others."""
    was_shown = Exists(ReviewEvent.objects.filter(review=OuterRef("pk"), kind=ReviewEvent.Kind.PUBLISHED))
    known = Q(status=Status.PUBLISHED) | Q(was_shown, status__in=GONE)
    return get_object_or_404(Testimonial.objects.filter(known), pk=pk)


def gone(request):
    page = Page("This review is no longer here", "It was taken down.", section="reviews", index=False)
    return render(request, "testimonials/gone.html", {"page": page, "code": 410}, status=410)


@require_safe
@finished_page("reviews")
def photo(request, name):
    """The photo of a review that is shown. 410 for any other name that could be one: gone, hidden or unknown."""
    path = f"reviews/{name}"
    if not Testimonial.objects.shown().filter(shown_photo=path).exists():
        return gone(request)
    try:
        with default_storage.open(path) as file:
            return HttpResponse(file.read(), content_type=PHOTO_TYPES[name.rpartition(".")[2]])
    except FileNotFoundError:
        return gone(request)


@require_safe
@finished_page("reviews", "center")
def how(request):
    page = Page(
        "How we handle reviews",
        "Who reads a review, the only reasons to withhold one, and the count of what we showed and withheld, by stars.",
        section="reviews",
    )
    context = {
        "page": page,
        "reasons": Reason.labels,
        "lately": statistics.RecentDecisions(),
        "hidden_at_most": MAX_HIDDEN_BY_READERS,
    }
    context["hidden_for"] = HIDDEN_FOR.days
    return render(request, "testimonials/how.html", context)
