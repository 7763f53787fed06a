"""The object actions of an edition: its workflow, as buttons on its page."""

from django.urls import reverse
from django.utils.html import format_html

from detoxsite.core import redirects
from detoxsite.core.adminkit.object_actions import ObjectAction

from .. import comments, editorial_gate, relocation, services, sharing
from ..models import State
from ..published.references import menu_labels
from .draft_actions import DRAFT_ACTIONS
from .forms import (
    MoveForm,
    OwnerForm,
    RelocateForm,
    SendBackForm,
    SignOffForm,
    WaiverForm,
    WithdrawFirstPageForm,
    WithdrawForm,
    WithdrawPageForm,
)
from .offered import (
    CHANGE,
    SIGN_OFF,
    SIGN_OFF_HOUSE,
    is_article,
    is_clinical_draft,
    is_clinical_to_send_back,
    is_clinical_to_sign,
    is_first_page,
    is_house_draft,
    is_house_page_to_send_back,
    is_house_page_to_sign,
    is_page,
)
from .planning_actions import PLANNING_ACTIONS, AssignForm, AssignHouseForm, assigned


def sign_off_initial(edition) -> dict:
    """What a signer has before them: the text, its findings and its comments."""
    reading = editorial_gate.read_once(edition)
    read = {"read": services.sign_off_fingerprint(edition, reading.snapshot), "amber": len(reading.result.amber)}
    return read | comments.counts_once(edition)


def _relocate_initial(edition) -> dict:
    article = edition.article
    return {"slug": article.slug, "topic": article.topic_id, "owner": article.owner_id}


def _share_message(request, edition) -> str:
    link = request.build_absolute_uri(reverse("articles:shared", args=[sharing.token_for(edition)]))
    message = "Anyone with this link can view the page for seven days, without an account: "
    return format_html('{}<a href="{}">{}</a>', message, link, link)


def _move_initial(edition) -> dict:
    article = edition.article
    return {"slug": article.slug, "parent": article.parent_id, "owner": article.owner_id}


def _relocate_message(request, edition) -> str:
    former = redirects.paths_to(edition.get_absolute_url())
    if not former:
        return "Changed."
    return f"Changed. Visitors to {former[0]}/ are redirected to {edition.get_absolute_url()}."


def _withdraw_message(request, edition) -> str:
    message = "Withdrawn. Below you see which edition is live now, if any."
    if edition.article.live_edition_id or not (labels := menu_labels(edition.article)):
        return message
    named = ", ".join(f"“{label}”" for label in labels)
    return f"{message} The menus leave out {named} until a new edition is published."


def _send_back(name: str, permission: str, offered) -> ObjectAction:
    return ObjectAction(
        name,
        "Send back",
        services.send_back,
        services.ALLOWED_STATES["send_back"],
        permission,
        done="Sent back to the author.",
        form=SendBackForm,
        quiet=True,
        offered=offered,
    )


ACTIONS = (
    ObjectAction(
        "submit",
        "Send for review",
        services.submit,
        services.ALLOWED_STATES["submit"],
        CHANGE,
        done="Sent for review. A clinician signs it off.",
        form=AssignForm,
        initial=assigned,
        hint="Save your changes first. The saved version is sent.",
        offered=is_clinical_draft,
    ),
    ObjectAction(
        "hand-in",
        "Send for review",
        services.submit,
        services.ALLOWED_STATES["submit"],
        CHANGE,
        done="Sent for review. Anyone who did not work on it can sign it off.",
        form=AssignHouseForm,
        initial=assigned,
        hint="Save your changes first. The saved version is sent.",
        offered=is_house_draft,
    ),
    ObjectAction(
        "sign-off",
        "Sign off and publish",
        services.sign_off,
        services.ALLOWED_STATES["sign_off"],
        SIGN_OFF,
        done="Signed off under your name.",
        form=SignOffForm,
        initial=sign_off_initial,
        hint="Your name will appear on the page. Read it under “Preview” first.",
        offered=is_clinical_to_sign,
    ),
    ObjectAction(
        "sign-off-house",
        "Sign off and publish",
        services.sign_off,
        services.ALLOWED_STATES["sign_off"],
        SIGN_OFF_HOUSE,
        done="Signed off under your name.",
        form=SignOffForm,
        initial=sign_off_initial,
        hint="Anyone who did not write it can sign it off. Read it under “Preview” first.",
        offered=is_house_page_to_sign,
    ),
    _send_back("send-back", SIGN_OFF, is_clinical_to_send_back),
    _send_back("send-back-house", SIGN_OFF_HOUSE, is_house_page_to_send_back),
    ObjectAction(
        "take-back",
        "Take back to draft",
        services.take_back,
        services.ALLOWED_STATES["take_back"],
        CHANGE,
        done="This edition is a draft again.",
        quiet=True,
    ),
    *PLANNING_ACTIONS,
    ObjectAction(
        "start-draft",
        "Start a new draft from this edition",
        services.start_draft,
        services.ALLOWED_STATES["start_draft"],
        CHANGE,
        done="This is the new draft. Visitors still see the live edition.",
    ),
    *DRAFT_ACTIONS,
    ObjectAction(
        "share",
        "Create a share link",
        sharing.share,
        set(State) - {State.WITHDRAWN},
        CHANGE,
        done=_share_message,
        hint="For people without an account. The link expires after seven days.",
        quiet=True,
    ),
    ObjectAction(
        "relocate",
        "Change address, topic or owner",
        relocation.relocate,
        set(State),
        CHANGE,
        done=_relocate_message,
        form=RelocateForm,
        initial=_relocate_initial,
        quiet=True,
        folded=True,
        offered=is_article,
    ),
    ObjectAction(
        "move",
        "Move the page, or change its owner",
        relocation.relocate,
        set(State),
        CHANGE,
        done=_relocate_message,
        form=MoveForm,
        initial=_move_initial,
        hint="Pages below it move along.",
        quiet=True,
        folded=True,
        offered=is_page,
    ),
    ObjectAction(
        "owner",
        "Change the owner",
        relocation.change_owner,
        set(State),
        CHANGE,
        done="Changed.",
        form=OwnerForm,
        initial=lambda edition: {"owner": edition.article.owner_id},
        quiet=True,
        folded=True,
        offered=is_first_page,
    ),
    ObjectAction(
        "withdraw",
        "Withdraw from the site",
        services.withdraw,
        services.ALLOWED_STATES["withdraw"],
        SIGN_OFF,
        done=_withdraw_message,
        form=WithdrawForm,
        quiet=True,
        folded=True,
        offered=is_article,
    ),
    ObjectAction(
        "withdraw-page",
        "Withdraw from the site",
        services.withdraw,
        services.ALLOWED_STATES["withdraw"],
        SIGN_OFF,
        done=_withdraw_message,
        form=WithdrawPageForm,
        quiet=True,
        folded=True,
        offered=is_page,
    ),
    ObjectAction(
        "withdraw-first-page",
        "Withdraw from the site",
        services.withdraw,
        services.ALLOWED_STATES["withdraw"],
        SIGN_OFF,
        done="Withdrawn. Readers see the edition that is live now, or the default first page.",
        form=WithdrawFirstPageForm,
        quiet=True,
        folded=True,
        offered=is_first_page,
    ),
    ObjectAction(
        "excuse",  # the address of the action, which stays
        "Mark as a false alarm",
        editorial_gate.waive,
        set(),  # offered beside each finding
        CHANGE,
        done="Recorded as a false alarm.",
        form=WaiverForm,
    ),
)
