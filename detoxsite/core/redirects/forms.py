"""Forms of redirects: one, and a table of many."""

from django import forms
from django.core.exceptions import ValidationError

from ..exceptions import Refused
from ..form_fields import TypedText
from ..models import Redirect
from ..models.redirects import Code
from . import importing, store
from .addresses import clean_path, clean_target
from .table import Goal
from .workbooks import MAX_FILE

OUTSIDE = "The new address is on another site. It has to begin with https://, and readers leave our site there."


class RedirectForm(forms.ModelForm):
    """``clean`` locks the redirects until the transaction ends, so that ``table`` can be stored as it was checked."""

    may_be_outside = forms.BooleanField(label="Another site", required=False, help_text=OUTSIDE)

    class Meta:
        model = Redirect
        fields = ["path", "target", "code"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("may_be_outside", self.instance.is_outside)
        self.former_path = self.instance.path

    def clean_path(self):
        return clean_path(self.cleaned_data["path"])

    def clean(self):
        super().clean()
        if self.cleaned_data.keys() >= {"path", "target", "code"}:
            try:
                self.cleaned_data["target"] = self._checked()
            except ValidationError as exc:
                self.add_error("target", exc)
            except Refused as exc:
                self.add_error("target", str(exc))
        return self.cleaned_data

    def _checked(self) -> str:
        """The new address, once the table of redirects has taken it."""
        path, target, code = (self.cleaned_data[name] for name in ("path", "target", "code"))
        if (code == Code.GONE) != (not target):
            raise ValidationError("Leave it empty for 410, and only for 410.")
        if target:
            target = clean_target(target, may_be_outside=self.cleaned_data["may_be_outside"])
        goal = Goal(target, code)
        if code == Code.MOVED_WITH_FORMS and target.startswith("https://"):
            raise ValidationError("Forms are sent on within this site only. Choose 301.")
        self.table = store.locked_table({self.former_path, path, goal.path})
        if self.former_path != path:
            self.table.remove(self.former_path)
        self.goal = self.table.redirect(path, goal)
        return self.goal.target


class ImportForm(forms.Form):
    """A table as a file or as text; the text wins nothing: a file replaces it."""

    file = forms.FileField(
        label="Excel workbook (.xlsx) or CSV file",
        required=False,
        widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.txt"}),
    )
    rows = TypedText(
        label="Or paste the rows from a spreadsheet",
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        help_text="Two columns: old address, new address. A third may hold the answer (301, 308 or 410). A row without "
        "a new address says that the old one is gone.",
    )
    may_be_outside = forms.BooleanField(
        label="Some new addresses are on another site",
        required=False,
        help_text="They have to begin with https://, and readers leave our site there.",
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > MAX_FILE:
            raise ValidationError(f"This file is larger than {MAX_FILE >> 20} MB. Import it in parts.")
        return file

    def clean(self):
        super().clean()
        if self.errors:
            return self.cleaned_data
        try:
            file = self.cleaned_data.get("file")
            self.text = importing.decode(file.read()) if file else self.cleaned_data.get("rows", "")
            self.lines = importing.read(self.text)
        except ValidationError as exc:
            self.add_error("file" if self.cleaned_data.get("file") else "rows", exc)
        return self.cleaned_data
