import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='callforhelp',
            name='contact_digests',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), default=list, help_text='Blind indexes of all phone numbers and addresses given, also of those that the person changed.', size=None),
        ),
        migrations.RunSQL(
            'UPDATE intake_callforhelp SET contact_digests = array_remove(ARRAY[phone_index, email_index], NULL)',
            migrations.RunSQL.noop,
        ),
    ]
