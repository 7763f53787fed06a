"""The button that saves an edition and sends it for review, in one step."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from detoxsite.core.exceptions import Refused

BUTTON = "_submit"  # its name in the form
ACTIONS = {"submit", "hand-in"}  # names of the object actions that do the same for what was saved before


def response(admin, request, edition):
    """Send the edition that was just saved for review, and lead to its page.

    None where another button was pressed, and for someone who may not send it.
    A text that the checks refuse stays a draft, saved, and the page says what to fix.
    """
    if BUTTON not in request.POST:
        return None
    offered = (action for action in admin.object_actions if action.name in ACTIONS)
    action = next((one for one in offered if one.is_for(edition, request.user, edition.state)), None)
    if action is None:
        return None
    try:
        admin.perform(request, action, edition)
    except Refused as exc:
        messages.warning(request, f"Saved, but not sent for review. {exc}")
    return redirect(reverse("admin:articles_edition_change", args=[edition.pk]))
