"""The page of the versions inside a draft: a list, two of them side by side, and a button that restores one."""

from django.urls import reverse

from ..content.diff import compare, differing
from .offered import CHANGE
from .preview_history import edition_or_404, edition_page


def versions_view(model_admin, request, pk):
    """``new`` and ``old`` in the query choose the revisions to compare; by default the last two."""
    edition = edition_or_404(model_admin, request, pk)
    kept = list(edition.versions.select_related("by").defer("content", "lines"))
    new = _chosen(kept, request.GET.get("new")) or (kept[0] if kept else None)
    older = [one for one in kept if new and one.revision < new.revision]
    old = _chosen(kept, request.GET.get("old")) or (older[0] if older else new)
    context = {"versions": kept, "new": new, "old": old}
    if new and old != new:
        context["rows"] = differing(compare(old.lines, new.lines))
    if edition.is_editable and request.user.has_perm(CHANGE):
        context["restore_url"] = reverse("admin:articles_edition_object_action", args=[edition.pk, "restore"])
    return edition_page(model_admin, request, edition, "Versions of this draft", "versions.html", **context)


def _chosen(versions: list, revision: str | None):
    return next((one for one in versions if str(one.revision) == revision), None)
