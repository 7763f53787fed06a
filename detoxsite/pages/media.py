"""Pictures and social cards: their names never get another content, so they are kept for good."""

from mimetypes import guess_type

from django.core.files.storage import FileSystemStorage, default_storage
from django.http import HttpResponse
from django.views.decorators.http import require_safe
from django.views.static import serve

from detoxsite.core import stored_files
from detoxsite.core.http_cache import immutable


@require_safe
@immutable
def media(request, path):
    with stored_files.not_found():
        if isinstance(default_storage, FileSystemStorage):
            return serve(request, path, document_root=default_storage.location)
        with default_storage.open(path) as file:
            return HttpResponse(file.read(), content_type=guess_type(path)[0] or "application/octet-stream")
