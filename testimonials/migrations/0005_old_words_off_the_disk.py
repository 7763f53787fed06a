"""Writes the table anew, so that no page of its file still holds what was readable; deletes the photos in the clear.

Every photo is sealed in the database since 0003, and nothing else was ever kept in their folder.
"""

import contextlib

from django.db import migrations

from testimonials.models import private_storage

FOLDER = "reviews"


def delete_photos(apps, schema_editor):
    storage = private_storage()
    with contextlib.suppress(FileNotFoundError):
        for name in storage.listdir(FOLDER)[1]:
            storage.delete(f"{FOLDER}/{name}")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("testimonials", "0004_nothing_readable")]

    operations = [
        migrations.RunSQL("VACUUM FULL testimonials_testimonial", migrations.RunSQL.noop),
        migrations.RunPython(delete_photos, migrations.RunPython.noop),
    ]
