"""Writing a review, from the form to "look in your mail"."""

from django.shortcuts import render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache

from detoxsite.pages import Page
from detoxsite.visitors import VisitorFormView

from .forms import TestimonialForm
from .services import hold_photo, submit


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
        answers = form.cleaned_data
        photo = hold_photo(answers["photo"]) if answers["photo"] else None
        return submit(
            key=answers["key"],
            words=answers["words"],
            name=answers["shown_name"],
            email=answers["email"],
            tie=answers["tie"],
            stars=answers["stars"],
            allow=answers["allow"],
            photo=photo,
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(had_file=bool(self.request.FILES), **kwargs)


@never_cache
def sent(request):
    page = Page("Thank you", "What happens next.", section="reviews", neutral=True, index=False)
    return render(request, "testimonials/sent.html", {"page": page})
