"""E-mails to writers: put into the outbox with the step they tell of, sent by the worker.

They say nothing of the centre, of a review or of care; what there is to tell is behind the private link.
"""

from django.utils import timezone

from .models import Letter

OFTEN = timezone.timedelta(days=1)
MOST_TO_ONE = 5  # letters to one address within OFTEN; nobody can fill a stranger's mailbox with our form


def put(review, kind: str) -> Letter | None:
    """Queue a letter to the writer of a review, in the transaction of the step. None where there is nobody to tell."""
    writer = getattr(review, "writer", None)
    if writer is None or not writer.sealed:
        return None
    since = timezone.now() - OFTEN
    lately = Letter.objects.filter(email_index=writer.email_index, made_at__gt=since)
    if lately.count() >= MOST_TO_ONE:
        return None
    return Letter.objects.create(review=review, kind=kind, email_index=writer.email_index)
