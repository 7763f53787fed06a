"""The table of Django's database cache, as ``createcachetable`` makes it; attempts to sign in are counted in it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("detoxsite", "0002_session_version")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE detoxsite_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX detoxsite_cache_expires ON detoxsite_cache (expires);
            """,
            "DROP TABLE detoxsite_cache;",
        )
    ]
