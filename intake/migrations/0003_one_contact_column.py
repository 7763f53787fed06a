import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0002_contact_digests'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='callforhelp',
            name='call_can_be_answered',
        ),
        migrations.RemoveConstraint(
            model_name='callforhelp',
            name='call_erased_completely',
        ),
        # Back: which digest is of a phone number is not known, and each row needs one of the two.
        migrations.RunSQL(
            migrations.RunSQL.noop,
            'UPDATE intake_callforhelp SET phone_index = contact_digests[1], email_index = contact_digests[2]',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='email_index',
        ),
        migrations.RemoveField(
            model_name='callforhelp',
            name='phone_index',
        ),
        migrations.AddIndex(
            model_name='callforhelp',
            index=django.contrib.postgres.indexes.GinIndex(fields=['contact_digests'], name='call_contact_digests'),
        ),
        migrations.AddConstraint(
            model_name='callforhelp',
            constraint=models.CheckConstraint(condition=models.Q(('contact_digests__len__gt', 0), ('erased_at__isnull', False), _connector='OR'), name='call_can_be_answered'),
        ),
        migrations.AddConstraint(
            model_name='callforhelp',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), models.Q(('closed_at__isnull', False), ('contact_digests', []), ('return_key', b''), ('sealed', b''), ('sealed_for_author', b'')), _connector='OR'), name='call_erased_completely'),
        ),
    ]
