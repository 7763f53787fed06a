"""Reviews: the list, the form, and the photos of those that are shown."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache

from detoxsite.listing import Slice
from detoxsite.pages import Page
from detoxsite.visitors import VisitorFormView

from .forms import TestimonialForm
from .models import Reason, Status, Testimonial
from .services import submit

PAGE_SIZE = 10


def testimonial_list(request):
    shown = Slice(Testimonial.objects.for_lists(), request.GET.get("page", "1"), PAGE_SIZE)
    count = Count(Testimonial.objects.tally())
    page = Page(
        "Reviews" if shown.number == 1 else f"Reviews, page {shown.number}",
        f"All {count.shown} reviews that we may show, good and bad, how many we hold back, and why."
        if count.shown
        else "Reviews by people who stayed here and by families. How we choose what to show, and how to write one.",
        section="reviews",
        here=shown.number == 1,
    )
    context = {"page": page, "page_obj": shown, "reviews": shown.rows, "count": count}
    return render(request, "testimonials/testimonial_list.html", context)


class Count:
    """What the list says about itself: how many are shown and withheld, by stars, and why."""

    def __init__(self, tally) -> None:
        rows = list(tally)

        def total(**wanted):
            return sum(row["n"] for row in rows if all(row[name] == value for name, value in wanted.items()))

        self.shown, self.withheld = total(status=Status.PUBLISHED), total(status=Status.DECLINED)
        self.waiting = total(status=Status.PENDING)
        self.first = min((row["first"] for row in rows if row["status"] == Status.PUBLISHED), default=None)
        reasons = [(reason.label, total(status=Status.DECLINED, reason=reason)) for reason in Reason]
        self.reasons = [(label, n) for label, n in reasons if n]
        stars = [
            (number, total(status=Status.PUBLISHED, stars=number), total(status=Status.DECLINED, stars=number))
            for number in (5, 4, 3, 2, 1, None)
        ]
        most = max((n for _, n, _ in stars), default=0) or 1
        self.by_stars = [
            {"stars": number, "shown": n, "withheld": held, "width": round(100 * n / most)} for number, n, held in stars
        ]


class TestimonialFormView(VisitorFormView):
    form_class = TestimonialForm
    template_name = "testimonials/testimonial_form.html"
    sent_url = reverse_lazy("testimonials:sent")

    def page(self, *, error):
        return Page(
            "Write a review",
            "Write about your time here. You choose what is shown, and you can have it taken down at any time.",
            section="reviews",
            neutral=True,
            error=error,
        )

    def store(self, form):
        return submit(form.save(commit=False))

    def get_context_data(self, **kwargs):
        return super().get_context_data(had_file=bool(self.request.FILES), **kwargs)


@never_cache
def sent(request):
    page = Page("Thank you", "What happens next.", section="reviews", neutral=True, index=False)
    return render(request, "testimonials/sent.html", {"page": page})


def photo(request, pk):
    """A review's photo, as long as the review shows it; moderators see it before."""
    review = get_object_or_404(Testimonial.objects.only("photo", "allow_photo", "status"), pk=pk)
    if not review.shows_photo and not _may_decide(request, review):
        raise Http404
    try:
        response = FileResponse(review.photo.open())
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = "private, no-store" if not review.shows_photo else "no-cache"
    return response


def _may_decide(request, review) -> bool:
    return bool(review.photo) and request.user.is_active and request.user.has_perm("testimonials.decide_testimonial")
