"""What readers see of articles, read from finished rows (``Rendering``) with SQL that nothing has to compile.

Readers see the newest edition of an article that is signed off and whose time has come, as in ``Edition.live()``: here
the newest rendering whose time has come, since an edition has one while it is signed off.
"""

IS_NEWEST = """
NOT EXISTS (
    SELECT FROM articles_rendering AS newer
    WHERE newer.article_id = rendering.article_id AND newer.number > rendering.number AND newer.publish_at <= %(now)s
)
"""
IS_LIVE = f"rendering.publish_at <= %(now)s AND {IS_NEWEST}"
