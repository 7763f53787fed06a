"""Links that show an edition to a person who has no account."""

from django.core import signing
from django.utils import timezone

from . import services
from .models import Edition, EditionEvent

LIFETIME = timezone.timedelta(days=7)
SALT = "articles.shared"


def share(edition_id: int, *, by) -> Edition:
    """Record that an edition is shared with a person who has no account. ``token_for`` makes the link."""
    edition = Edition.objects.get(pk=edition_id)
    services.record_event(edition, EditionEvent.Kind.SHARED, by=by)
    return edition


def token_for(edition: Edition) -> str:
    return signing.dumps(edition.pk, salt=SALT)


def edition_id_from_token(token: str) -> int:
    """Raises signing.BadSignature for a token that is not ours or has expired."""
    return signing.loads(token, salt=SALT, max_age=LIFETIME)
