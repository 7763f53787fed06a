"""The comments beside a draft: a panel in the editor and on the page for signing off, and a page of their own.

Scripts (static/js/comments.js) post from the panel and get it back with the answer; without them the page of its own
does the same.
"""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from js_asset import ImportMap, Media, Script

from detoxsite.core.exceptions import Refused
from detoxsite.core.form_fields import TypedText
from detoxsite.core.text_fields import TidyFormField

from .. import comments
from ..content import quotes
from ..models import CONTEXT, Block, Comment, CommentEntry, Edition, EditionEvent, blocks_of
from .preview_history import edition_or_404, edition_page

MEDIA = Media(
    css={"all": ["css/comments.css", "css/comment-marks.css"]},
    js=[Script("js/comments.js", type="module")],
    importmap=ImportMap({"comment-words": "js/comment-words.js"}),
)
_KEY = {"min_value": 1, "max_value": 2**63 - 1, "widget": forms.HiddenInput}
_TEXT = {"max_length": 2000, "widget": forms.Textarea({"rows": 3})}


class CommentForm(forms.Form):
    """A comment on words that were selected on the page (``is_selected``) or are typed here and looked up."""

    place = forms.ChoiceField(label="Where", required=False)
    quote = TidyFormField(label="The words", max_length=500)
    text = TidyFormField(label="Comment", **_TEXT)
    prefix = TypedText(required=False, strip=False, max_length=CONTEXT, widget=forms.HiddenInput)
    suffix = TypedText(required=False, strip=False, max_length=CONTEXT, widget=forms.HiddenInput)
    is_selected = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, edition: Edition, blocks: list[Block], **kwargs):
        super().__init__(*args, auto_id="comment-%s", **kwargs)
        self.edition, self.blocks = edition, blocks
        self.fields["place"].choices = [("", "Anywhere"), *quotes.names_of(blocks).items()]

    def clean(self):
        data = super().clean()
        quote, is_selected = quotes.plain(data.get("quote", "")), data.pop("is_selected", False)
        if "quote" not in data or "place" not in data:
            return data
        if not quote:
            self.add_error("quote", "Choose words of the text, not the number of a source.")
        elif not is_selected and not self._is_found(quote, data["place"]):
            self.add_error("quote", "These words are not there as you typed them. Copy them from the saved text.")
        return data

    def _is_found(self, quote: str, place: str) -> bool:
        texts = quotes.texts_of(self.edition, self.blocks)
        return quotes.locate({place: texts[place]} if place else texts, quote) is not None


class ReplyForm(forms.Form):
    comment = forms.IntegerField(**_KEY)
    text = TidyFormField(label="Reply", **_TEXT)


class ThreadForm(forms.Form):
    comment = forms.IntegerField(**_KEY)


ACTS = {  # by the name that is posted: the form and the service
    "add": (CommentForm, comments.add),
    "reply": (ReplyForm, comments.reply),
    "resolve": (ThreadForm, comments.resolve),
    "reopen": (ThreadForm, comments.reopen),
}


@dataclass
class Thread:
    comment: Comment
    place: str  # for people; "" where the words are gone
    anchor: str  # of the place, on a page that shows the text as lines
    may_resolve: bool
    is_earlier: bool  # left open on an earlier edition
    refused: forms.Form | None = None  # what was just refused in this thread


def comments_view(model_admin, request, pk):
    """The comments on an edition. On POST, ``act`` says what to do; with ``panel`` in the address, only the panel."""
    edition = edition_or_404(model_admin, request, pk)
    form, status = None, 200
    if request.method == "POST":
        if not request.user.has_perm(comments.PERMISSION):
            raise PermissionDenied
        act = request.POST.get("act")
        if act not in ACTS:
            return HttpResponseBadRequest("What is to be done is missing.")
        form = _act(request, edition, act)
        if form.is_valid():
            if "panel" not in request.GET:
                return redirect(f"{reverse('admin:articles_edition_change', args=[pk])}#comments")
            form = None
        else:
            status = 422
    context = panel_context(edition, request.user, refused=form)
    if "panel" in request.GET:
        return render(request, "admin/articles/_comments.html", {**context, "edition": edition}, status=status)
    response = edition_page(model_admin, request, edition, "Comments", "comments.html", **context)
    response.status_code = status
    return response


def _act(request, edition: Edition, act: str) -> forms.Form:
    """Do what was posted. The form is valid if it was done, else it says why not."""
    form_class, service = ACTS[act]
    text = {"edition": edition, "blocks": blocks_of(edition)} if form_class is CommentForm else {}
    form = form_class(request.POST, **text)
    if form.is_valid():
        try:
            service(edition.pk, by=request.user, **form.cleaned_data)
        except Refused as exc:
            form.add_error(None, str(exc))
    return form


def panel_context(
    edition: Edition,
    user,
    *,
    refused: forms.Form | None = None,
    blocks: list[Block] | None = None,
    are_stored: bool = False,
) -> dict:
    """Context of the panel. ``refused``: the form of what was just refused, shown again with its reason.

    ``blocks``: those of the edition, as far as the caller has them. Unless they are all that are stored, as they are
    stored, they are read again if there are comments.
    """
    rows = list(_comments_on(edition))
    if blocks is None or (rows and not are_stored):
        blocks = blocks_of(edition)
    may_comment = edition.is_open and user.has_perm(comments.PERMISSION)
    threads = _threads(edition, user, rows, blocks, may_comment=may_comment)
    tried = refused.data.get("comment") if isinstance(refused, ReplyForm | ThreadForm) else None
    for thread in threads:
        thread.refused = refused if tried == str(thread.comment.pk) else None
    resolved = [thread for thread in threads if thread.comment.resolved_at]
    blank = CommentForm(edition=edition, blocks=blocks) if may_comment else None
    return {
        "open_threads": [thread for thread in threads if not thread.comment.resolved_at],
        "resolved_threads": resolved,
        "comment_form": refused if isinstance(refused, CommentForm) and may_comment else blank,
        "comment_refused": refused,
        "comments_url": reverse("admin:articles_edition_comments", args=[edition.pk]),
        "may_comment": may_comment,
        "sent_back_at": _sent_back_at(edition) if resolved else None,
    }


def _threads(edition: Edition, user, rows: list[Comment], blocks: list[Block], *, may_comment: bool) -> list[Thread]:
    """In the order of the text; those whose words are gone come last."""
    if not rows:
        return []
    names, texts = quotes.names_of(blocks), quotes.texts_of(edition, blocks)
    order = {key: number for number, key in enumerate(names)}
    located = [
        (quotes.locate(texts, row.quote, prefix=row.prefix, suffix=row.suffix, near=row.place), row) for row in rows
    ]
    writes = user.pk in comments.writers_of(edition)
    return [
        Thread(
            comment=row,
            place=names.get(key, ""),
            anchor=f"place-{key}" if key else "",
            may_resolve=may_comment and (writes or row.by_id == user.pk),
            is_earlier=row.edition_id != edition.pk,
        )
        for key, row in sorted(located, key=lambda entry: order.get(entry[0], len(order)))
    ]


def _sent_back_at(edition: Edition) -> datetime | None:
    return edition.events.filter(kind=EditionEvent.Kind.SENT_BACK).values_list("at", flat=True).first()


def _comments_on(edition: Edition) -> QuerySet[Comment]:
    """Oldest first, with what is shown of them."""
    entries = Prefetch("entries", CommentEntry.objects.select_related("by"))
    rows = Comment.objects.shown_with(edition).select_related("by", "edition")
    rows = rows.defer("edition__text", "edition__search").prefetch_related(entries)
    return rows[: comments.MAX_COMMENTS]
