"""The page on which staff edit menus and footer. Each button is a POST that keeps the draft; no script is needed."""

import copy

from csp.decorators import csp_replace
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.views.decorators.clickjacking import xframe_options_sameorigin

from detoxsite.core import site_profile
from detoxsite.core.adminkit.model_admin import ReadOnlyModelAdmin
from detoxsite.core.exceptions import Refused
from detoxsite.core.page_metadata import Page

from ..menus import draft, shown, targets
from ..menus.tree import DIRECTIONS, LIMITS, Tree, is_help
from ..models import Menu, MenuEdition, MenuEntry
from .menu_forms import KINDS, EntryForm, initial_of

EDIT, RELEASE = "articles.edit_menuedition", "articles.release_menuedition"
MAX_SHOWN = 20  # changes and editions
_SAME_SITE = ["'self'"]


@admin.register(MenuEdition)
class MenuEditionAdmin(ReadOnlyModelAdmin):
    """The list is the page for editing; each edition has a page that shows what was in it and who changed what."""

    fields = ["number", "state", "created_by", "created_at", "closed_by", "closed_at", "what_changed", "what_it_says"]

    @admin.display(description="changes")
    def what_changed(self, edition):
        rows = edition.changes.select_related("by")
        return format_html_join("", "<p>{}: {}</p>", ((f"{one.by}, {one.at:%Y-%m-%d %H:%M} UTC", one) for one in rows))

    @admin.display(description="entries")
    def what_it_says(self, edition):
        entries = _entries(edition)
        lines = [
            (
                f"{menu.label}: {' › '.join(str(part) for part in (first, below) if part)}",
                targets.address_of(below or first),
            )
            for menu in Menu
            for first in Tree(menu, entries).first
            for below in (None, *Tree(menu, entries).below(first))
        ]
        return format_html_join("", "<p>{} {}</p>", lines)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("edit/", view(self.edit_view), name="articles_menuedition_edit"),
            path("preview/", view(self.preview_view), name="articles_menuedition_preview"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, request.GET)

    def edit_view(self, request):
        """One change, named by the button: ``act`` is what to do and, where it needs one, the key of the entry."""
        act, _, key = request.POST.get("act", "").partition(" ")
        if not request.user.has_perm(RELEASE if act == "release" else EDIT):
            raise PermissionDenied
        if request.method != "POST" or act not in _ACTS:  # also who reloads the page of a refused change
            return HttpResponseRedirect(self._address({}))
        return _ACTS[act](self, request, act, key)

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_replace({"frame-ancestors": _SAME_SITE}))
    def preview_view(self, request):
        """Header and footer of the site with the draft of the menus, for the frame on the page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        center = copy.copy(site_profile.current())
        center.rendered_parts = {}
        if edition := draft.current():
            center.menus = shown.Menus(center, [row["entry"] for row in shown.rows(edition.entries.all())])
        center.menus = copy.copy(center.menus)
        center.menus.is_open = _menu(request.GET) == Menu.SHEET
        page = Page("Preview of the menus", "", index=False)
        return render(request, "admin/articles/menu_preview.html", {"page": page, "center": center})

    # --- what the buttons do ------------------------------------------------------------------------------------------

    def _start(self, request, act, key):
        return self._done(
            request, lambda by, revision: draft.start(by=by, edition_id=_number(key)), "You edit a draft."
        )

    def _move(self, request, act, key):
        def moved(by, revision):
            return draft.move(_number(key) or 0, by=by, revision=revision, direction=act)

        return self._done(request, moved, f"“{{}}” {draft.WAYS.get(act, '')}.", shown=key, pressed=act)

    def _remove(self, request, act, key):
        def removed(by, revision):
            return draft.remove(_number(key) or 0, by=by, revision=revision)

        return self._done(request, removed, "“{}” taken out. The page itself stays.")

    def _release(self, request, act, key):
        released = "On the site now. Visitors see the new menus."
        return self._done(request, lambda by, revision: draft.release(by=by, revision=revision), released)

    def _discard(self, request, act, key):
        kept = "All changes undone. The draft is kept below, and you can begin from it again."
        return self._done(request, lambda by, revision: draft.discard(by=by, revision=revision), kept)

    def _save(self, request, act, key):
        tree = Tree(_menu(request.POST), _entries(draft.current()))
        entry = next((one for one in tree.entries if one.pk == _number(key)), None)
        kind = None if entry else "link" if request.POST.get("address") else "page"  # it is gone: offer to add it
        form = EntryForm(request.POST, tree=tree, kind=kind, entry=entry)
        if not form.is_valid():
            return self._page(request, request.POST, form=form, status=422)

        def changed(by, revision):
            return draft.change(_number(key) or 0, by=by, revision=revision, **form.cleaned_data["fields"])

        return self._done(request, changed, "“{}” is saved in the draft.", form=form, shown=key)

    def _add(self, request, act, kind):
        menu = _menu(request.POST)
        tree = Tree(menu, _entries(draft.current()))
        form = EntryForm(request.POST, tree=tree, kind=kind if kind in KINDS else "page")
        if not form.is_valid():
            return self._page(request, request.POST, form=form, status=422)

        def added(by, revision):
            group = form.cleaned_data.get("group")
            return draft.add(by=by, menu=menu, revision=revision, group_id=group, **form.cleaned_data["fields"])

        return self._done(request, added, "“{}” is added to the draft.", form=form)

    def _done(self, request, service, said, *, form=None, shown="", pressed=""):
        """Call a service with ``by`` and ``revision``; show what it did, or why not, with what was typed."""
        try:
            result = service(by=request.user, revision=_number(request.POST.get("revision")) or 0)
        except Refused as exc:
            if form:
                form.add_error(exc.field if exc.field in form.fields else None, str(exc))
            messages.error(request, str(exc))
            status = 409 if isinstance(exc, draft.Conflict) else 422
            kept = {name: request.POST.get(name, "") for name in ("menu", "width")}
            return self._page(request, {**kept, "entry": shown}, form=form, status=status)
        if isinstance(result, MenuEntry):
            shown = result.pk or ""
        else:
            self.log_change(request, result, said)
        messages.success(request, said.format(result))
        query = {
            "menu": _menu(request.POST),
            "entry": shown,
            "pressed": pressed,
            "width": request.POST.get("width", ""),
        }
        return HttpResponseRedirect(self._address({name: value for name, value in query.items() if value}))

    def _address(self, query: dict) -> str:
        return f"{reverse('admin:articles_menuedition_changelist')}{query and '?'}{urlencode(query)}"

    # --- the page ----------------------------------------------------------------------------------------------------

    @method_decorator(csp_replace({"frame-src": _SAME_SITE}))
    def _page(self, request, query, *, form=None, status=200):
        """``query``: which menu, entry and width are shown; ``form``: as it was filled in."""
        edition, menu = draft.current(), _menu(query)
        entries = _entries(edition)
        trees = {one: Tree(one, entries) for one in Menu}
        tree = trees[menu]
        may_edit = request.user.has_perm(EDIT)
        entry = next((one for one in tree.entries if one.pk == _number(query.get("entry"))), None)
        kind = query.get("add") if query.get("add") in KINDS else None
        if form is None and edition and may_edit and (entry or kind):
            initial = initial_of(entry) if entry and not kind else {"group": _group_of(entry)}
            form = EntryForm(initial=initial, tree=tree, kind=kind, entry=None if kind else entry)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Menus and footer",
            "edition": edition,
            "menu": menu,
            "tabs": [(one, len(each.entries)) for one, each in trees.items()],
            "nodes": _nodes(tree, entry, query.get("pressed", "")) if edition else [],
            "limits": LIMITS[menu],
            "form": form,
            "entry": form.entry if form else entry,
            "kinds": [(name, label) for name, label in KINDS.items() if name != "group" or menu != Menu.TOP],
            "problems": draft.problems(entries) if edition else [],
            "changes": edition.changes.select_related("by")[:MAX_SHOWN] if edition else [],
            "editions": MenuEdition.objects.exclude(state="draft").select_related("closed_by")[:MAX_SHOWN],
            "may_edit": may_edit,
            "may_release": request.user.has_perm(RELEASE),
            "width": "phone" if query.get("width") == "phone" else "wide",
        }
        context["is_fixed"] = context["entry"] is not None and is_help(context["entry"])
        return TemplateResponse(request, "admin/articles/menus.html", context, status=status)


_ACTS = {
    **dict.fromkeys(DIRECTIONS, MenuEditionAdmin._move),
    "start": MenuEditionAdmin._start,
    "save": MenuEditionAdmin._save,
    "add": MenuEditionAdmin._add,
    "remove": MenuEditionAdmin._remove,
    "release": MenuEditionAdmin._release,
    "discard": MenuEditionAdmin._discard,
}


def _number(typed) -> int | None:
    typed = str(typed or "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


def _menu(query) -> Menu:
    return Menu(query["menu"]) if query.get("menu") in Menu.values else Menu.TOP


def _entries(edition: MenuEdition | None) -> list[MenuEntry]:
    return list(edition.entries.select_related("document", "topic")) if edition else []


def _group_of(entry: MenuEntry | None) -> int | None:
    """The group to which something beside an entry is added."""
    return entry and (entry.parent_id or entry.pk)


def _nodes(tree: Tree, current: MenuEntry | None, pressed: str) -> list[dict]:
    """The first level as the template shows it, each with its links ``below``."""
    notes = targets.notes(tree.entries, site_profile.current())
    ways = DIRECTIONS if tree.limits.max_links else ("up", "down")

    def node(entry: MenuEntry) -> dict:
        refusals = tree.refusals(entry)
        is_current = entry == current
        focus = pressed if is_current and refusals.get(pressed) == "" else "name" if is_current else ""
        return {
            "entry": entry,
            "address": targets.address_of(entry) or "name of a group",
            "note": notes.get(entry.pk, ""),
            "is_help": is_help(entry),
            "is_current": is_current,
            "focus": focus,
            "ways": [(way, *_WAYS[way], refusals[way]) for way in ways],
            "below": [node(one) for one in tree.below(entry)],
        }

    return [node(entry) for entry in tree.first]


_WAYS = {"up": ("Move up", "↑"), "down": ("Move down", "↓"), "out": ("Move out", "←"), "in": ("Move in", "→")}
