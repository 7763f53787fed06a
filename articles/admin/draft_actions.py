"""Object actions of drafts beside the workflow: copy, archive, delete, restore a version."""

from django import forms

from detoxsite.core.adminkit.object_actions import ObjectAction

from .. import drafts, versions
from ..models import State
from .offered import CHANGE, can_be_copied, is_archived, is_in_use


class DeleteForm(forms.Form):
    sure = forms.BooleanField(
        label="Yes, delete this draft with its history",
        error_messages={"required": "Check the box to confirm. What is deleted cannot be brought back."},
    )

    def clean(self):
        return {}  # the service asks for nothing


class RestoreForm(forms.Form):
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


def _delete_message(request, left) -> str:
    return f"The draft was deleted. This is edition {left.number}." if left else "The draft was deleted."


DRAFT_ACTIONS = (
    ObjectAction(
        "bring-back",
        "Bring back to the drafts",
        drafts.bring_back,
        {State.DRAFT},
        CHANGE,
        done="This is a draft again.",
        offered=is_archived,
    ),
    ObjectAction(
        "duplicate",
        "Duplicate as a new draft",
        drafts.duplicate,
        set(State),
        CHANGE,
        done="This is the copy: a draft with an address of its own.",
        hint="Text, blocks and sources are copied. Sign-off, false alarms and history are not.",
        quiet=True,
        folded=True,
        offered=can_be_copied,
    ),
    ObjectAction(
        "archive",
        "Archive this draft",
        drafts.archive,
        {State.DRAFT},
        CHANGE,
        done="Archived. You find it in the list of articles under the status “Archived”.",
        hint="It leaves the list and cannot be edited until someone brings it back. Nothing is lost.",
        quiet=True,
        folded=True,
        offered=is_in_use,
    ),
    ObjectAction(
        "delete-draft",
        "Delete this draft",
        drafts.delete,
        {State.DRAFT},
        CHANGE,
        done=_delete_message,
        form=DeleteForm,
        hint="Signed-off editions stay. If there is none, the address becomes free again.",
        quiet=True,
        folded=True,
    ),
    ObjectAction(
        "restore",
        "Restore this version",
        versions.restore,
        set(),  # offered beside each version
        CHANGE,
        done="Restored, and saved as the newest version.",
        form=RestoreForm,
    ),
)
