"""SQL of the editions that readers see, for prepared statements."""

from datetime import UTC, datetime

from ..models import Edition

_FAR_FUTURE = datetime.max.replace(tzinfo=UTC)


def _live_sql() -> str:
    """SQL of ``id, title, search, publish_at`` of the live editions at ``%(now)s``, compiled once from the queryset.

    States become literals, since a plan for any state could not use the partial indexes. Times become expressions that
    no index has: nearly all editions are published, and PostgreSQL would read the index of times for each search.
    """
    live = Edition.objects.live(_FAR_FUTURE).order_by().values("id", "title", "search", "publish_at")
    sql, params = live.query.sql_with_params()
    sql %= tuple("%(now)s::timestamptz" if value == _FAR_FUTURE else f"'{value}'" for value in params)
    return sql.replace('"publish_at" <= ', "\"publish_at\" + interval '0' <= ")


LIVE = _live_sql()
