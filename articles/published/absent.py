"""Documents that readers know, whether or not anything is left to see at their address."""

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from ..models import Article, Edition, State


def ever_published() -> QuerySet[Article]:
    """Articles and pages that readers can see, or could see before they were withdrawn.

    Each has ``is_gone``: nothing is left to see, and nothing is scheduled.
    """
    editions = Edition.objects.filter(article=OuterRef("pk"))
    signed_off = editions.filter(state=State.SIGNED_OFF)
    withdrawn = editions.filter(state=State.WITHDRAWN, publish_at__lte=F("withdrawn_at"))
    known = Article.objects.filter(Exists(signed_off.filter(publish_at__lte=timezone.now())) | Exists(withdrawn))
    return known.annotate(is_gone=~Exists(signed_off))
