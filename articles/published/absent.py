"""What was at an address where nothing is live."""

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from ..models import ARTICLES, Article, Edition, State


def ever_published_at(path: str) -> Article | None:
    """The document that readers can see, or could see before it was withdrawn, whose address is or was ``path``.

    It has ``is_gone``: nothing is left to see, and nothing is scheduled.
    """
    now = timezone.now()
    editions = Edition.objects.filter(article=OuterRef("pk"))
    signed_off = editions.filter(state=State.SIGNED_OFF)
    withdrawn = editions.filter(state=State.WITHDRAWN, publish_at__lte=F("withdrawn_at"))
    known = Article.objects.filter(Exists(signed_off.filter(publish_at__lte=now)) | Exists(withdrawn))
    here = Q(path=path)
    if path.startswith(ARTICLES):
        here |= Q(former_addresses__slug=path.removeprefix(ARTICLES))
    return known.filter(here).annotate(is_gone=~Exists(signed_off)).first()
