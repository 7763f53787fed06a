"""The form of one entry of a menu."""

from django import forms

from detoxsite.core.text_fields import TidyFormField

from ..menus import targets
from ..menus.tree import Tree
from ..models import MAX_LABEL, Menu, MenuEntry

PAGE, LINK, GROUP = "page", "link", "group"
KINDS = {PAGE: "Add a page", LINK: "Add a link", GROUP: "Add a group"}
_WORDS = "Words in the menu"


class EntryForm(forms.Form):
    """``kind``: what is added; None to change ``entry``. ``cleaned_data["fields"]`` are those of the entry to store."""

    label = TidyFormField(label=_WORDS, max_length=MAX_LABEL, required=False)
    target = forms.CharField(label="Goes to", required=False, max_length=40, widget=forms.Select)
    address = forms.CharField(
        label="Or to this address",
        required=False,
        max_length=600,
        help_text="An article, as in /articles/what-detox-is/, or another site, as in https://example.org/.",
    )
    group = forms.TypedChoiceField(
        label="In the group",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "This group is not in the menu any more. Choose another one."},
    )

    def __init__(self, *args, tree: Tree, kind: str | None = None, entry: MenuEntry | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.tree, self.kind, self.entry = tree, kind, entry
        if kind == GROUP:
            del self.fields["target"], self.fields["address"]
            self.fields["label"].label = "Name of the group"
        elif kind == LINK:
            del self.fields["target"]
            self.fields["address"].label = "Goes to this address"
        elif kind == PAGE:
            del self.fields["address"]
        if "target" in self.fields:
            self.fields["target"].widget.choices = [("", "Choose"), *targets.choices(entry)]
        if kind in (PAGE, LINK) and tree.menu != Menu.TOP:
            groups = [(one.pk, one.label) for one in tree.first]
            self.fields["group"].choices = [("", "No group"), *groups]
        else:
            del self.fields["group"]

    @property
    def may_lead_nowhere(self) -> bool:
        if self.entry is None:
            return self.kind == GROUP
        return self.tree.menu != Menu.TOP and self.entry.parent_id is None

    @property
    def has_links(self) -> bool:
        """Whether there are entries below the one that is edited."""
        return bool(self.entry and self.tree.below(self.entry))

    def clean_label(self):
        return " ".join(self.cleaned_data["label"].split())

    def clean(self):
        fields = self._target()
        label = self.cleaned_data.get("label", "")
        if not label and "label" not in self.errors and (document := fields.get("document")):
            label = document.editions.newest().values_list("title", flat=True).first() or ""
            if len(label) > MAX_LABEL:
                self.add_error("label", f"The title is longer than {MAX_LABEL} characters. Write shorter words.")
        elif not label and "label" not in self.errors:
            self.add_error("label", "Write the words that visitors read.")
        return {**self.cleaned_data, "fields": {"label": label, **fields}}

    def _target(self) -> dict:
        """Fields for what was chosen or typed; an error goes beside the field that it is about."""
        if {"target", "address"} & set(self.errors):
            return {}
        chosen, typed = self.cleaned_data.get("target", ""), self.cleaned_data.get("address", "").strip()
        if chosen and typed and self.entry:  # the one that is as before does not count
            former = initial_of(self.entry)
            chosen = "" if chosen == former["target"] else chosen
            typed = "" if chosen and typed == former["address"] else typed
        name = "address" if typed or "target" not in self.fields else "target"
        try:
            if chosen and typed:
                raise forms.ValidationError("Choose from the list or give an address, not both.")
            if chosen or typed:
                return targets.from_address(typed) if typed else targets.from_choice(chosen)
            if not self.may_lead_nowhere:
                raise forms.ValidationError("Choose where it goes.")
        except forms.ValidationError as exc:
            self.add_error(name, exc)
        return {}


def initial_of(entry: MenuEntry) -> dict:
    """What the form of an entry shows at first."""
    typed = targets.address_of(entry) if entry.url or entry.fragment else ""
    return {"label": entry.label, "target": "" if typed else targets.value_of(entry), "address": typed}
