"""PDF files to download, and videos with their captions. One that every page has withdrawn is gone."""

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from detoxsite.core import http_cache, stored_files
from detoxsite.core.page_metadata import Page

from .models import Download, Edition, PdfFile, State, Video, VideoPlayer


@require_safe
def pdf_file(request, name):
    """A file, or the way to the one that has replaced it for readers. It is saved, not shown within this site."""
    file = get_object_or_404(PdfFile, file=name)
    newest = _newest(file)
    if newest != file:
        response = HttpResponseRedirect(newest.file.url)
        http_cache.cache_briefly(response)
        return response
    if _is_withdrawn(Download.objects.filter(file=file)):
        return _gone(request)
    return _answer(request, name, save_as=f"{slugify(file.title) or 'file'}.pdf")


@require_safe
def video(request, name):
    """A video or its captions, in parts."""
    shown = Video.objects.filter(Q(file=name) | Q(captions=name))
    if _is_withdrawn(VideoPlayer.objects.filter(video__in=shown)):
        return _gone(request)
    return _answer(request, name)


def _answer(request, name: str, **options):
    """Never kept for long, though its content never changes: it may have to disappear within a minute."""
    response = stored_files.respond(request, name, **options)
    http_cache.cache_briefly(response)
    return response


def _newest(file: PdfFile) -> PdfFile:
    """The newest of its replacements, and of theirs, that readers find on a page. Each is newer, so this ends."""
    newer, last = set(), [file.pk]
    while last := list(PdfFile.objects.filter(replaces__in=last).values_list("pk", flat=True)):
        newer.update(last)
    on_a_page = Exists(Download.objects.filter(file=OuterRef("pk"), parent__in=Edition.objects.live().values("pk")))
    return PdfFile.objects.filter(on_a_page, pk__in=newer, is_missing=False).order_by("-pk").first() or file


def _is_withdrawn(blocks) -> bool:
    """Whether editions show it, and all of them are withdrawn. A draft keeps its file: whoever checks it has to see."""
    states = set(blocks.values_list("parent__state", flat=True))
    return states == {State.WITHDRAWN}


def _gone(request):
    page = Page("This file is gone", "This file was taken down. Call us, or ask in writing.", index=False)
    return render(request, "410.html", {"page": page, "code": 410}, status=410)
