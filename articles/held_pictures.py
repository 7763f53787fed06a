"""Pictures on their way into the library: held from the upload until their words are complete.

Several can so be added at once without a script, and a row with a missing word costs nobody a file. A held picture is
seen by whoever uploaded it alone, and has no address.
"""

import re
from datetime import datetime, timedelta
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from detoxsite.core.exceptions import Refused
from detoxsite.core.plain_text import tidy

from . import renditions
from .models import MAX_TITLE, HeldPicture, Picture

MAX_HELD = 40  # of one person
RETENTION = timedelta(days=7)


def title_of(file_name: str) -> str:
    """A title from the name of a file: "reading-room_2.jpg" is "Reading room 2"."""
    words = re.sub(r"[\s_-]+", " ", tidy(PurePath(file_name).stem)).strip()
    return f"{words[:1].upper()}{words[1:]}"[:MAX_TITLE].strip() or "Picture"


def hold(file_name: str, file: ContentFile, *, by) -> HeldPicture:
    """Hold a picture. ``file`` comes from images.reencode. Raises Refused where the person has MAX_HELD already."""
    if HeldPicture.objects.filter(by=by).count() >= MAX_HELD:
        raise Refused(f"You have {MAX_HELD} pictures here already. Save or remove some of them first.")
    preview = renditions.preview(file)
    kind = file.name.rpartition(".")[2]
    return HeldPicture.objects.create(by=by, title=title_of(file_name), file=file.read(), kind=kind, preview=preview)


@transaction.atomic
def complete(held: HeldPicture, picture: Picture) -> Picture:
    """Store ``picture``, which has its words, with the held file. Raises Refused where it was completed meanwhile."""
    row = HeldPicture.objects.filter(pk=held.pk)
    file = row.values_list("file", flat=True).first()
    if not row.delete()[0]:
        raise Refused("This picture is no longer here. It may be in the library already.")
    picture.image = ContentFile(bytes(file), name=f"picture.{held.kind}")
    picture.save()
    return picture


def delete_old(now: datetime | None = None) -> int:
    """Delete pictures that nobody completed within RETENTION. Returns how many."""
    return HeldPicture.objects.filter(at__lt=(now or timezone.now()) - RETENTION).delete()[0]
