"""A wrong INDEX_KEY is noticed: the database keeps a digest made with the right one.

With another key nothing fails at once. Searches by phone number find nothing, a form sent twice becomes two requests,
return codes open nothing; and what is stored meanwhile is wrong for good.
"""

from django.core import checks
from django.db import DatabaseError, InterfaceError

from .encryption import digests
from .models import KeyCheck

INDEX_KEY = "INDEX_KEY"
WRONG_INDEX_KEY = (
    "INDEX_KEY is not the one this database was filled with: search by contact, return codes and the recognition of "
    "repeated forms would fail. Set the former one. If it is lost: manage.py keys --accept-index-key (docs/keys.md)."
)


def index_key_digest() -> bytes:
    """Recognizes INDEX_KEY and reveals nothing about it."""
    return digests.keyed("key check", INDEX_KEY)


def store_index_key() -> None:
    """Keep the digest of the key this database is first used with."""
    KeyCheck.objects.get_or_create(name=INDEX_KEY, defaults={"digest": index_key_digest()})


def accept_index_key() -> None:
    """The former key is lost: from now on the present one is right."""
    KeyCheck.objects.update_or_create(name=INDEX_KEY, defaults={"digest": index_key_digest()})


def is_index_key_right() -> bool:
    """Whether it is the key the database was filled with, or none is stored yet. Raises DatabaseError."""
    stored = KeyCheck.objects.filter(name=INDEX_KEY).values_list("digest", flat=True).first()
    return stored is None or bytes(stored) == index_key_digest()


@checks.register(checks.Tags.database)
def check_index_key(databases=None, **kwargs) -> list[checks.CheckMessage]:
    """Run by ``migrate``, so before every start, and by ``check --database default``."""
    if not databases:
        return []
    try:
        return [] if is_index_key_right() else [checks.Error(WRONG_INDEX_KEY, id="detoxsite.E001")]
    except (DatabaseError, InterfaceError):  # away, or not migrated yet: others say so
        return []
