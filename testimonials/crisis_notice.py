"""What to do first, on the page after a form whose words told of danger: which steps, and none of the words."""

from django.urls import reverse_lazy

from detoxsite.core.public_forms import forms
from detoxsite.core.safety import crisis_steps, risk_signs

COOKIE = "review"
COOKIE_LIFE = 10 * 60  # seconds
PATH = reverse_lazy("testimonials:list")


def remember(response, request, words: str) -> None:
    """For the next page. Words that tell of nothing take away what earlier ones left."""
    story = {"story": words}
    if steps := crisis_steps.crisis_steps(risk_signs.find_signs(story)):
        what = {"steps": steps, "spanish": crisis_steps.is_spanish(story)}
        forms.remember(response, request, COOKIE, what, path=str(PATH), life=COOKIE_LIFE)
    elif COOKIE in request.COOKIES:
        forget(response)


def remembered(request) -> dict:
    """``steps`` and ``spanish``, as templates/intake/_steps.html shows them."""
    return forms.remembered(request, COOKIE) or {"steps": [], "spanish": False}


def forget(response) -> None:
    response.delete_cookie(COOKIE, path=str(PATH), samesite="Strict")
