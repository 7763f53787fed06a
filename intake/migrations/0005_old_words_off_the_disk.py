"""Writes the tables anew, so that no page of their files still holds what was readable before."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("intake", "0004_nothing_readable")]

    operations = [
        migrations.RunSQL("VACUUM FULL intake_callforhelp", migrations.RunSQL.noop),
        migrations.RunSQL("VACUUM FULL intake_contact", migrations.RunSQL.noop),
    ]
