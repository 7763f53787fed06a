"""A pooler that nobody declared is noticed at the start: statements would be prepared on connections of others."""

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, InterfaceError, connection

UNDECLARED = (
    "DATABASE_URL leads to a connection pooler. Set DATABASE_POOLING=transaction (or session, if that is its mode) and "
    "DATABASE_DIRECT_URL, the way past it (docs/settings.md)."
)


@checks.register(checks.Tags.database)
def check_pooler(databases=None, **kwargs) -> list[checks.CheckMessage]:
    """Compare the process that PostgreSQL says it is with the one that the client was told: a pooler makes one up."""
    if not databases or settings.DATABASE_POOLING:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            is_direct = cursor.fetchone()[0] == connection.connection.info.backend_pid
    except (DatabaseError, InterfaceError):  # away: others say so
        return []
    return [] if is_direct else [checks.Error(UNDECLARED, id="detoxsite.E002")]
