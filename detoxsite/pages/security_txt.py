"""/.well-known/security.txt: where to report a vulnerability of this installation (RFC 9116)."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from detoxsite.core.http_cache import cache_public_page

MONTHS = 11  # the standard recommends less than a year


@require_safe
def security_txt(request):
    if not settings.SECURITY_CONTACT:
        raise Http404
    fields = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": f"{expires(timezone.now()):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": ", ".join(code for code, _ in settings.LANGUAGES),
        "Canonical": request.build_absolute_uri(request.path),
    }
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    cache_public_page(response)
    return response


def expires(now: datetime) -> datetime:
    """The beginning of a month, the same throughout the month of ``now``."""
    years, month = divmod(now.month - 1 + MONTHS, 12)
    return datetime(now.year + years, month + 1, 1, tzinfo=UTC)
