"""PDF files to download."""

from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from detoxsite.core import http_cache, stored_files

from .models import Download, Edition, PdfFile


@require_safe
def pdf_file(request, name):
    """A file, or the way to the one that has replaced it for readers. It is saved, not shown within this site."""
    file = get_object_or_404(PdfFile, file=name)
    newest = _newest(file)
    if newest != file:
        response = HttpResponseRedirect(newest.file.url)
        http_cache.cache_briefly(response)
        return response
    response = stored_files.respond(request, name, save_as=f"{slugify(file.title) or 'file'}.pdf")
    return stored_files.kept_briefly(response)


def _newest(file: PdfFile) -> PdfFile:
    """The last of its replacements that readers find on a page. Each is newer than the one before, so this ends."""
    on_a_page = Exists(Download.objects.filter(file=OuterRef("pk"), parent__in=Edition.objects.live().values("pk")))
    newer = PdfFile.objects.filter(on_a_page)
    while found := newer.filter(replaces=file).order_by("-pk").first():
        file = found
    return file
