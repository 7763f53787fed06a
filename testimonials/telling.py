"""A reader tells us of a review that is shown. It stays while we check it, unless somebody may be in danger."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from detoxsite import visitors
from detoxsite.errors import Refused
from detoxsite.pages import Page
from detoxsite.visitors import VisitorFormView
from intake import danger
from intake.often import Often

from .forms import FlagForm
from .services import flag
from .views import GONE, gone, known_to_readers

COOKIE = "told"  # which first steps the page after the form shows, if any; nothing of what was written
COOKIE_LIFE = 10 * 60  # seconds
PATH = reverse_lazy("testimonials:told")

remarks = Often(window=3600.0, most=10)


class TellView(VisitorFormView):
    form_class = FlagForm
    template_name = "testimonials/tell.html"
    sent_url = PATH

    def page(self, *, error):
        return Page(
            "Tell us about a review", "Tell us what is wrong with it.", section="reviews", index=False, error=error
        )

    def dispatch(self, request, *args, **kwargs):
        review = known_to_readers(kwargs["pk"])
        if review.status in GONE:
            return gone(request)
        if request.method != "POST" and not review.is_shown:  # whoever had the form open may still send it
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @method_decorator(never_cache)
    def post(self, request, *args, **kwargs):
        if remarks.is_over(self.address):
            return self.show(self.get_form(), status=429, often=True)
        try:
            return super().post(request, *args, **kwargs)
        except Refused:  # it was taken down meanwhile
            return gone(request)

    @property
    def address(self) -> str:
        return self.request.META.get("REMOTE_ADDR", "")

    def store(self, form):
        remarks.count(self.address)
        answers = form.cleaned_data
        flag(self.kwargs["pk"], key=answers["key"], kind=answers["kind"], text=answers["text"])
        return {"story": answers["text"]}

    def thank(self, response, stored):
        if steps := danger.steps(danger.signs(stored)):
            what = {"steps": steps, "spanish": danger.is_spanish(stored)}
            visitors.remember(response, self.request, COOKIE, what, path=str(PATH), life=COOKIE_LIFE)

    def get_context_data(self, **kwargs):
        return super().get_context_data(pk=self.kwargs["pk"], **kwargs)


def forget(response) -> None:
    response.delete_cookie(COOKIE, path=reverse("testimonials:told"), samesite="Strict")


@never_cache
@require_safe
def told(request):
    page = Page("Thank you", "What happens next.", section="reviews", neutral=True, index=False)
    last = visitors.remembered(request, COOKIE) or {"steps": [], "spanish": False}
    return render(request, "testimonials/told.html", {"page": page, **last})
