"""Object actions about who signs an edition off, and when it is published."""

from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from detoxsite.core.adminkit.object_actions import ObjectAction
from detoxsite.core.form_fields import RowChoice

from .. import editorial_gate, schedule, services
from ..models import Kind, State
from .offered import CHANGE, SIGN_OFF, SIGN_OFF_HOUSE, is_clinical, is_house_page

PUBLISH_HELP = "Leave empty to publish now. Otherwise a time in the center’s time zone."
ANYONE = "Anyone who may sign it off"


class AssignForm(forms.Form):
    """Whom the emails ask to sign off; the others still may."""

    assigned_to = RowChoice(
        editorial_gate.people_who_sign(Kind.ARTICLE, Kind.CLINICAL),
        label="Sign-off by",
        required=False,
        empty_label=ANYONE,
        help_text="Gets the email. The others may still sign it off.",
    )


class AssignHouseForm(AssignForm):
    assigned_to = RowChoice(
        editorial_gate.people_who_sign(Kind.HOUSE),
        label="Sign-off by",
        required=False,
        empty_label=ANYONE,
        help_text="Gets the email. The others may still sign it off.",
    )


def moment_field(**options) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label="Publish at", required=False, widget=widget, **options)


class RescheduleForm(forms.Form):
    publish_at = moment_field(help_text=PUBLISH_HELP)


def assigned(edition) -> dict:
    return {"assigned_to": edition.assigned_to_id}


def _publication(edition) -> dict:
    return {"publish_at": timezone.localtime(edition.publish_at)}


def _is_of_another(edition, user) -> bool:
    """Whether it is not the user's to sign off, and could be."""
    return edition.assigned_to_id != user.pk and editorial_gate.able_to_sign(edition).filter(pk=user.pk).exists()


def _is_scheduled(edition) -> bool:
    return edition.publish_at > timezone.now() + schedule.LAST_MINUTE


def _assign_message(request, edition) -> str:
    return f"Assigned to {edition.assigned_to or 'anyone who may sign it off'}."


def _reschedule_message(request, edition) -> str:
    if edition.publish_at <= timezone.now():
        return "Published."
    return f"It will be published on {date_format(timezone.localtime(edition.publish_at), 'M j, Y, g:i A')}."


def _assign(name: str, form, offered) -> ObjectAction:
    return ObjectAction(
        name,
        "Assign to someone",
        services.assign,
        services.ALLOWED_STATES["assign"],
        CHANGE,
        done=_assign_message,
        form=form,
        initial=assigned,
        quiet=True,
        folded=True,
        offered=offered,
    )


def _reschedule(name: str, permission: str, offered) -> ObjectAction:
    return ObjectAction(
        name,
        "Move the publication",
        schedule.reschedule,
        {State.SIGNED_OFF},
        permission,
        done=_reschedule_message,
        form=RescheduleForm,
        initial=_publication,
        hint="The sign-off stays valid. Once readers have seen the edition, its time stays.",
        offered=lambda edition, user: _is_scheduled(edition) and offered(edition, user),
    )


PLANNING_ACTIONS = (
    ObjectAction(
        "take-on",
        "Assign to me",
        services.take_on,
        services.ALLOWED_STATES["assign"],
        SIGN_OFF_HOUSE,
        done="Assigned to you.",
        quiet=True,
        offered=_is_of_another,
    ),
    _assign("assign", AssignForm, is_clinical),
    _assign("assign-house", AssignHouseForm, is_house_page),
    _reschedule("reschedule", SIGN_OFF, is_clinical),
    _reschedule("reschedule-house", SIGN_OFF_HOUSE, is_house_page),
)
