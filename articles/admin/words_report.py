"""The page that finds words across the site, and replaces them in new drafts."""

import re
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from detoxsite.core import site_profile
from detoxsite.core.exceptions import Refused
from detoxsite.core.text_fields import TidyFormField

from ..reports import words as found_words
from ..reports.replacing import replace_in_new_draft
from ..reports.words import MAX_EDITIONS, MAX_WORDS, Words
from .offered import CHANGE
from .reports import report_context

PER_PAGE = 20  # editions
PAGES_AHEAD = 4  # that are counted: to know all, every text would be read
MAX_DRAFTS = PER_PAGE
_KEY = re.compile(r"(\d{1,18}):[a-z]*\d{1,18}:[a-z_]{1,40}:\d{1,6}", re.ASCII)


class WordsForm(forms.Form):
    q = TidyFormField(
        label="Words",
        max_length=MAX_WORDS,
        widget=forms.TextInput({"type": "search"}),
        help_text="Whole words, as readers see them now. Each passage found can be replaced in a new draft.",
    )
    cased = forms.BooleanField(label="Match case", required=False)

    def clean_q(self):
        typed = " ".join(self.cleaned_data["q"].split())
        if not re.search(r"\w", typed):
            raise forms.ValidationError("Type at least one word.")
        return typed

    @property
    def words(self) -> Words:
        return Words(self.cleaned_data["q"], self.cleaned_data["cased"])


class ReplaceForm(forms.Form):
    replacement = TidyFormField(
        label="Replace by",
        max_length=MAX_WORDS,
        help_text="At the beginning of a sentence it gets a capital by itself.",
        error_messages={"required": "Type the new words."},
    )


def words_view(model_admin, request):
    context = report_context(model_admin, request, "articles_edition_words", "Words across the site")
    form = WordsForm(request.GET if "q" in request.GET else None)
    replace = ReplaceForm(request.POST if request.method == "POST" else None)
    may_replace = request.user.has_perm(CHANGE)
    if request.method == "POST":
        if not may_replace:
            raise PermissionDenied
        if form.is_valid() and replace.is_valid() and (by_edition := _chosen(request, replace)):
            _replace(model_admin, request, form.words, replace.cleaned_data["replacement"], by_edition)
            return redirect(f"{request.path}?{_query(form)}")
    context |= {"form": form, "may_replace": may_replace, "replace": replace}
    if form.is_valid():
        page, is_all = _page_of(request, form.words)
        found = found_words.passages_in(list(page), form.words)
        kept = set(request.POST.getlist("passage")) if request.method == "POST" else None
        context |= {"page": page, "is_all": is_all, "kept": _query(form), "found": [_shown(one, kept) for one in found]}
    return TemplateResponse(request, "admin/articles/words.html", context)


def _page_of(request, words: Words):
    """The page that the query names, of as many editions as are counted, and whether these are all."""
    typed = request.GET.get("p", "")
    number = int(typed) if re.fullmatch(r"[1-9]\d{0,3}", typed, re.ASCII) else 1
    counted = min((number + PAGES_AHEAD) * PER_PAGE, MAX_EDITIONS)
    found = found_words.editions_with(words, at_most=counted + 1)
    return Paginator(found[:counted], PER_PAGE).get_page(number), len(found) <= counted


def _query(form: WordsForm) -> str:
    cased = {"cased": "on"} if form.cleaned_data["cased"] else {}
    return urlencode({"q": form.cleaned_data["q"], **cased})


def _chosen(request, form: ReplaceForm) -> dict[int, list[str]]:
    """The chosen places by edition; with none of them, an error of the form."""
    by_edition: dict[int, list[str]] = {}
    for key in request.POST.getlist("passage"):
        if match := _KEY.fullmatch(key):
            by_edition.setdefault(int(match[1]), []).append(key)
    if not by_edition:
        form.add_error(None, "Choose at least one passage.")
    elif len(by_edition) > MAX_DRAFTS:
        form.add_error(None, f"Choose passages of {MAX_DRAFTS} articles at most.")
        return {}
    return by_edition


def _replace(model_admin, request, words: Words, replacement: str, by_edition: dict[int, list[str]]) -> None:
    """Start a draft for each edition, and say which were left alone."""
    titles = model_admin.model.objects.filter(pk__in=by_edition).values_list("pk", "title")
    for key, title in titles:
        try:
            draft = replace_in_new_draft(
                key, by=request.user, words=words, replacement=replacement, keys=by_edition[key]
            )
        except Refused as exc:
            model_admin.message_user(request, f"“{title}”: {exc}", messages.WARNING)
        else:
            model_admin.log_change(request, draft, "Words replaced")
            url = reverse("admin:articles_edition_change", args=[draft.pk])
            link = format_html('A new draft with the new words: <a href="{}">{}</a>', url, draft)
            model_admin.message_user(request, link, messages.SUCCESS)
    site_profile.expire()


def _shown(found, kept: set[str] | None) -> dict:
    """``kept``: the places that were chosen before; None: all but quotations."""
    passages = [
        (passage, not passage.is_quotation if kept is None else passage.key in kept) for passage in found.passages
    ]
    url = reverse("admin:articles_edition_change", args=[found.edition.pk])
    return {"edition": found.edition, "url": url, "reason": found.reason, "passages": passages}
