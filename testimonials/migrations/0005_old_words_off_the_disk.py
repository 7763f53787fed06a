"""Writes the table anew, so that no page of its file still holds what was readable before."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("testimonials", "0004_nothing_readable")]

    operations = [migrations.RunSQL("VACUUM FULL testimonials_testimonial", migrations.RunSQL.noop)]
