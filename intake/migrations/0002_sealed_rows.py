import django.db.models.deletion
import django.utils.timezone
import intake.models.calls
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('after', models.PositiveSmallIntegerField(default=0, verbose_name='minutes without a claim')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('done_at', models.DateTimeField(null=True, verbose_name='deliveries made, or not needed')),
            ],
            options={
                'ordering': ['due_at'],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('given', 'Given'), ('revoked', 'Taken back')], default='given', max_length=8)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('how', models.CharField(default='sent the form', max_length=60)),
            ],
            options={
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('sha256', models.CharField(editable=False, max_length=64, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('call_back', 'Being called back about this request'), ('share', 'Telling another named place')], default='call_back', max_length=12)),
                ('language', models.CharField(default='en', max_length=8)),
                ('body', models.TextField(max_length=4000)),
                ('effective_from', models.DateTimeField(default=django.utils.timezone.now)),
                ('approved_by', models.CharField(help_text='Who checked and approved the wording.', max_length=300)),
            ],
            options={
                'ordering': ['-effective_from'],
            },
        ),
        migrations.CreateModel(
            name='ContactPlan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField(blank=True, default=b'')),
                ('by_name', models.CharField(default='', editable=False, max_length=300, verbose_name='by')),
                ('version', models.PositiveIntegerField(default=1)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Failed for good')], default='waiting', editable=False, max_length=8)),
                ('tries', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('sent_at', models.DateTimeField(editable=False, null=True)),
                ('problem', models.CharField(blank=True, editable=False, max_length=120)),
            ],
            options={
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(default='', editable=False, max_length=300, verbose_name='by')),
                ('what', models.CharField(choices=[('print', 'Printed'), ('export', 'Exported'), ('fetch', 'Fetched by another system')], max_length=8)),
                ('to', models.CharField(max_length=200, verbose_name='to whom')),
                ('why', models.CharField(max_length=200, verbose_name='what for')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='Disposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(default='', editable=False, max_length=300, verbose_name='by')),
                ('approved_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('erased_at', models.DateTimeField(null=True)),
                ('counts', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['-approved_at'],
            },
        ),
        migrations.CreateModel(
            name='LaterAnswers',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField(blank=True, default=b'')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('said', models.BinaryField(default=b'')),
                ('sealed_back', models.BinaryField(default=b'')),
            ],
            options={
                'verbose_name_plural': 'later answers',
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField(blank=True, default=b'')),
                ('by_name', models.CharField(default='', editable=False, max_length=300, verbose_name='by')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('is_from_person', models.BooleanField(default=False)),
                ('sealed_back', models.BinaryField(default=b'', help_text='Sealed to the return key, for the person to read.')),
                ('seen_at', models.DateTimeField(null=True, verbose_name='read by the other side')),
            ],
            options={
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(default='', editable=False, max_length=300, verbose_name='by')),
                ('opened_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='last there')),
            ],
            options={
                'ordering': ['-opened_at'],
            },
        ),
        migrations.CreateModel(
            name='Rung',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('after', models.PositiveSmallIntegerField(unique=True, verbose_name='minutes without a claim')),
                ('who', models.CharField(choices=[('on_duty', 'Whoever is on duty'), ('second', 'The second person on duty'), ('everyone', 'Everyone who answers requests'), ('director', 'The director')], max_length=10, verbose_name='whom to tell')),
            ],
            options={
                'verbose_name': 'step of the alert ladder',
                'verbose_name_plural': 'alert ladder',
                'ordering': ['after'],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.SmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='begins on')),
                ('starts', models.TimeField()),
                ('ends', models.TimeField(help_text='The same as the start: a whole day.')),
                ('is_second', models.BooleanField(default=False, verbose_name='as the second person')),
            ],
            options={
                'verbose_name': 'shift',
                'verbose_name_plural': 'rota',
                'ordering': ['weekday', 'starts'],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, unique=True)),
                ('url', models.URLField(help_text='https:// and reachable from the internet.', max_length=500, verbose_name='address')),
                ('agreement', models.CharField(help_text='The agreement that lets it receive records (BAA or QSOA): its number and end.', max_length=200)),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('locked_secrets', models.TextField(default='', editable=False)),
                ('token_hash', models.BinaryField(default=b'')),
                ('disabled_why', models.CharField(blank=True, editable=False, max_length=200, verbose_name='switched off because')),
            ],
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='channel',
            field=models.CharField(choices=[('web', 'This site'), ('phone', 'Phone'), ('walk_in', 'Walked in'), ('other', 'Another way')], default='web', max_length=8, verbose_name='came in by'),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='doubts',
            field=models.CharField(blank=True, help_text='Codes, no content.', max_length=80, verbose_name='why it may be spam'),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='email_index',
            field=models.BinaryField(db_index=True, help_text='What the address is found by.', null=True),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='erased_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='hold_reason',
            field=models.CharField(blank=True, help_text='No content of the request.', max_length=200, verbose_name='legal hold'),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='is_quarantined',
            field=models.BooleanField(default=False, verbose_name='looks like spam'),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='is_synthetic',
            field=models.BooleanField(default=False, editable=False, verbose_name='sent by the machinery'),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='phone_index',
            field=models.BinaryField(db_index=True, help_text='What the phone is found by.', null=True),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='return_key',
            field=models.BinaryField(default=b'', help_text="Public key of the person's return code."),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='said',
            field=models.BinaryField(default=b'', help_text='Keyed fingerprint of the answers, to know the same ones again.'),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='sealed',
            field=models.BinaryField(blank=True, default=b''),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='sealed_back',
            field=models.BinaryField(default=b'', help_text='The answers once more, sealed to the return key.'),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='stored_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='stored'),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='urgency',
            field=models.SmallIntegerField(choices=[(0, 'When possible'), (1, 'Soon'), (2, 'Withdrawal may start'), (3, 'Danger now')], default=0),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='warned',
            field=models.SmallIntegerField(default=0, editable=False, verbose_name='warnings before erasing'),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='warned_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='contact',
            name='by_name',
            field=models.CharField(default='', editable=False, max_length=300, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='contact',
            name='sealed',
            field=models.BinaryField(blank=True, default=b''),
        ),
        migrations.AlterField(
            model_name='callforhelp',
            name='outcome',
            field=models.CharField(blank=True, choices=[('admitted', 'Admitted here'), ('referred', 'Referred elsewhere'), ('reached', 'Reached, nothing more wanted for now'), ('safe_message', 'Left a safe message, no answer since'), ('not_reached', 'Not reached after all attempts'), ('declined', 'The person asked us to stop'), ('cancelled', 'Cancelled by the person on their page'), ('spam', 'Not a request: advertising or a robot')], editable=False, max_length=14),
        ),
        migrations.AlterField(
            model_name='callforhelp',
            name='reference',
            field=models.CharField(db_index=True, default=intake.models.calls.new_reference, editable=False, max_length=8),
        ),
        migrations.AlterField(
            model_name='contact',
            name='by',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        # a row's id is part of what it is sealed for, so that it has to be known before the row is stored
        migrations.RunSQL(
            """
            ALTER TABLE intake_contact ADD COLUMN new_id uuid NOT NULL DEFAULT gen_random_uuid();
            ALTER TABLE intake_contact DROP COLUMN id;
            ALTER TABLE intake_contact RENAME COLUMN new_id TO id;
            ALTER TABLE intake_contact ALTER COLUMN id DROP DEFAULT;
            ALTER TABLE intake_contact ADD PRIMARY KEY (id);
            """,
            state_operations=[
                migrations.AlterField(
                    model_name='contact',
                    name='id',
                    field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
            ],
        ),
        migrations.AddField(
            model_name='alert',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='intake.callforhelp'),
        ),
        migrations.AddField(
            model_name='consent',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='intake.callforhelp'),
        ),
        migrations.AddField(
            model_name='consent',
            name='text',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.consenttext'),
        ),
        migrations.AddField(
            model_name='contactplan',
            name='by',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contactplan',
            name='call',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='plan', to='intake.callforhelp'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='alert',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='intake.alert'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='to',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='disclosure',
            name='by',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='disclosure',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='intake.callforhelp'),
        ),
        migrations.AddField(
            model_name='disclosure',
            name='consent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.consent'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='by',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='callforhelp',
            name='disposal',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='intake.disposal'),
        ),
        migrations.AddIndex(
            model_name='callforhelp',
            index=models.Index(fields=['created_at'], name='call_created'),
        ),
        migrations.AddField(
            model_name='lateranswers',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='later', to='intake.callforhelp'),
        ),
        migrations.AddField(
            model_name='message',
            name='by',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='message',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='intake.callforhelp'),
        ),
        migrations.AddField(
            model_name='reading',
            name='by',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reading',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='intake.callforhelp'),
        ),
        migrations.AddField(
            model_name='rung',
            name='person',
            field=models.ForeignKey(blank=True, help_text='Only for the director: who that is. Empty: every manager.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='shift',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='webhook',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='intake.webhook'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['due_at'], name='alert_due'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(fields=('call', 'round', 'after'), name='alert_once'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at'], name='delivery_waiting'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('alert', 'to'), name='delivery_once_a_person'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('alert', 'webhook'), name='delivery_once_a_webhook'),
        ),
    ]
