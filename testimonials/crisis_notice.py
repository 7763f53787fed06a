"""What the page after a form says where its text describes danger or worry: which steps, and none of the text."""

from django.urls import reverse_lazy

from detoxsite.core.public_forms.cookies import LockedCookie
from detoxsite.core.public_forms.tickets import add_ticket, read_ticket
from detoxsite.core.safety import crisis_steps, review_signs

crisis_cookie = LockedCookie("review", path=reverse_lazy("testimonials:list"), max_age=10 * 60)


def crisis_context(text: str) -> dict:
    """What templates/testimonials/_crisis.html shows for a text: ``crisis_steps``, ``is_worrying``, ``in_spanish``."""
    reading = review_signs.read(text)
    return {
        "crisis_steps": crisis_steps.crisis_steps(reading.dangers),
        "is_worrying": reading.is_worrying,
        "in_spanish": reading.is_worrying and crisis_steps.is_spanish({"story": text}),
    }


def leave_notice(response, request, text: str) -> None:
    """Leave the crisis context for the next page. A text without worry removes what an earlier one left.

    Every form leaves a ticket too: for a browser that keeps no cookie, and to say that something was sent.
    """
    context = crisis_context(text)
    if context["is_worrying"]:
        crisis_cookie.set(response, request, context)
    elif crisis_cookie.name in request.COOKIES:
        crisis_cookie.delete(response)
    response["Location"] = add_ticket(response["Location"], context)


def read_notice(request) -> dict:
    """The crisis context that the form before left; ``is_sent``: whether we can tell that it was sent at all."""
    nothing = {"crisis_steps": [], "is_worrying": False, "in_spanish": False}
    cookie, ticket = crisis_cookie.read(request), read_ticket(request)
    return {**nothing, **(cookie or ticket or {}), "is_sent": cookie is not None or ticket is not None}
