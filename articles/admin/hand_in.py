"""The button that saves an edition and hands it in, in one step."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from detoxsite.core.exceptions import Refused

from ..models import Kind
from .offered import CHANGE

BUTTON = "_hand_in"  # its name in the form
ACTIONS = {"submit", "hand-in"}  # names of the object actions that do the same for what was saved before


def label(user, kind: Kind) -> str:
    """What is on the button of a draft of this kind; empty for who may not hand it in."""
    if not user.has_perm(CHANGE):
        return ""
    return "Save and hand in" if kind == Kind.HOUSE else "Save and send"


def response(admin, request, edition):
    """Hand in the edition that was just saved, and lead to its page. None where another button was pressed.

    A text that the checks refuse stays a draft, saved, and the page says what to fix.
    """
    offered = (action for action in admin.object_actions if action.name in ACTIONS)
    action = next((one for one in offered if one.is_for(edition, request.user, edition.state)), None)
    if BUTTON not in request.POST or action is None:
        return None
    try:
        admin.perform(request, action, edition)
    except Refused as exc:
        messages.warning(request, f"Saved, but not handed in. {exc}")
    return redirect(reverse("admin:articles_edition_change", args=[edition.pk]))
