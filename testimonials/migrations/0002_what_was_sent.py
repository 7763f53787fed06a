import django.db.models.deletion
import django.utils.timezone
import testimonials.models.reviews
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0012_review_texts_and_channel'),
        ('testimonials', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField(  # the name is that of the sealed one from here on
            model_name='testimonial',
            old_name='photo',
            new_name='clear_photo',
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField(blank=True, default=b'')),
                ('key', models.CharField(editable=False, max_length=64, unique=True, verbose_name='idempotency key')),
                ('kind', models.CharField(choices=[('safety', 'It puts somebody in danger: where they are, or a threat'), ('about_me', 'It is about me, or about someone I know'), ('fake', 'I do not think that it is real'), ('other', 'Something else')], max_length=8)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('confirm', 'Confirm your address'), ('published', 'It is shown'), ('declined', 'It is withheld'), ('renew', 'May it stay?'), ('expired', 'It is no longer shown'), ('link', 'Your private link')], max_length=10)),
                ('email_index', models.BinaryField(help_text='To count how many go to one address.', null=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Failed for good'), ('dropped', 'No longer needed')], default='waiting', max_length=8)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, help_text='A code, no content.', max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='Permission',
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
            name='Photo',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField(blank=True, default=b'')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='StaffName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('nicknames', models.CharField(blank=True, help_text='What patients call them, with commas between: Mike, Big Mike, Mr. B', max_length=300)),
                ('role', models.CharField(blank=True, help_text='Such as “nurse”. Moderators see it beside the name.', max_length=80)),
                ('may_be_named', models.BooleanField(default=False, help_text='Their first name may then stay in a review that does not criticize them.', verbose_name='agreed to be named')),
            ],
            options={
                'verbose_name': 'name on the staff roster',
                'verbose_name_plural': 'staff roster',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField(blank=True, default=b'')),
                ('by_name', models.CharField(default='', editable=False, max_length=300, verbose_name='by')),
                ('kind', models.CharField(choices=[('received', 'Sent'), ('imported', 'Brought in from elsewhere'), ('confirmed', 'Address confirmed'), ('edited', 'Changed by its writer'), ('permitted', 'Permission put on file'), ('published', 'Shown'), ('proposed', 'Proposed to be withheld'), ('objected', 'Not withheld: the second person disagreed'), ('declined', 'Withheld'), ('appealed', 'The writer asked us to look again'), ('flagged', 'A reader told us of it'), ('hidden', 'Hidden while it is checked'), ('kept', 'Checked, and shown on'), ('returned', 'Shown again: two people have not withheld it'), ('replied', 'Reply'), ('taken_back', 'Part taken back by the writer'), ('withdrawn', 'Withdrawn by the writer'), ('asked', 'Asked if it may stay'), ('renewed', 'May stay, says the writer'), ('expired', 'Expired'), ('erased', 'Content erased')], max_length=12)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reason', models.CharField(blank=True, help_text='A code, no content.', max_length=40)),
                ('text_hash', models.CharField(blank=True, help_text='SHA-256 of the words that were shown.', max_length=64)),
            ],
            options={
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(max_length=12)),
                ('stars', models.SmallIntegerField()),
                ('reason', models.CharField(max_length=14)),
                ('allow_words', models.BooleanField()),
                ('source', models.CharField(max_length=8)),
                ('n', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField(blank=True, default=b'')),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('said', models.BinaryField(default=b'', help_text='Keyed fingerprint of words and name.')),
                ('sealed_back', models.BinaryField(default=b'', help_text="The same, sealed to the writer's own key.")),
                ('removals', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Writer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField(blank=True, default=b'')),
                ('email_index', models.BinaryField(db_index=True, help_text='What the address is found by.', null=True)),
                ('link', models.BinaryField(help_text='What the token is known by.', unique=True)),
                ('return_key', models.BinaryField(default=b'', help_text='Public key of the token.')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='testimonial',
            name='shown_only_with_permission',
        ),
        migrations.RemoveIndex(
            model_name='testimonial',
            name='testimonial_list',
        ),
        migrations.AddField(
            model_name='testimonial',
            name='appealed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='the writer asked us to look again'),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='ask_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='next time to ask if it may stay'),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='asked',
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='times asked without an answer'),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='confirmed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='address confirmed'),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='erased_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='content erased'),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='hidden_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='hidden while it is checked'),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='proposed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='proposed to be withheld'),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='proposed_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='proposed_reason',
            field=models.CharField(blank=True, choices=[('person', 'It holds personal information of another person, or shows them'), ('abuse', 'It is defamatory, harassing, abusive or obscene'), ('discriminates', 'It discriminates against people'), ('false', 'It is clearly false or misleading'), ('fake', 'There is good reason to think that it is fake'), ('elsewhere', 'It has nothing to do with our service: another place, or an ad'), ('business', 'It holds confidential business information'), ('undisclosed', 'The writer works here or was offered something and does not say so'), ('underage', 'The writer is under 18')], editable=False, max_length=14),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='shown_photo',
            field=models.ImageField(blank=True, editable=False, upload_to=testimonials.models.reviews.photo_path),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='shown_words',
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='source',
            field=models.CharField(blank=True, choices=[('', 'On this site'), ('google', 'Google'), ('other', 'Another site')], default='', editable=False, max_length=8),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='source_id',
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='testimonial',
            name='source_name',
            field=models.CharField(blank=True, editable=False, max_length=60, verbose_name='name of the site it was written on'),
        ),
        migrations.AlterField(
            model_name='testimonial',
            name='key',
            field=models.CharField(editable=False, max_length=64, unique=True, verbose_name='idempotency key'),
        ),
        migrations.AlterField(
            model_name='testimonial',
            name='reason',
            field=models.CharField(blank=True, choices=[('person', 'It holds personal information of another person, or shows them'), ('abuse', 'It is defamatory, harassing, abusive or obscene'), ('discriminates', 'It discriminates against people'), ('false', 'It is clearly false or misleading'), ('fake', 'There is good reason to think that it is fake'), ('elsewhere', 'It has nothing to do with our service: another place, or an ad'), ('business', 'It holds confidential business information'), ('undisclosed', 'The writer works here or was offered something and does not say so'), ('underage', 'The writer is under 18')], editable=False, max_length=14),
        ),
        migrations.AlterField(
            model_name='testimonial',
            name='shown_name',
            field=models.CharField(blank=True, editable=False, max_length=40),
        ),
        migrations.AlterField(
            model_name='testimonial',
            name='status',
            field=models.CharField(choices=[('unconfirmed', 'Address not confirmed'), ('pending', 'Waiting to be read'), ('published', 'Published'), ('declined', 'Withheld'), ('withdrawn', 'Withdrawn by the writer'), ('expired', 'Expired')], default='unconfirmed', editable=False, max_length=12),
        ),
        migrations.AlterField(
            model_name='testimonial',
            name='submitted_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written'),
        ),
        migrations.AddIndex(
            model_name='testimonial',
            index=models.Index(condition=models.Q(('hidden_at', None), ('status', 'published')), fields=['-submitted_at', '-id'], name='testimonial_shown'),
        ),
        migrations.AddIndex(
            model_name='testimonial',
            index=models.Index(condition=models.Q(models.Q(('allow_words', True), ('status', 'pending')), models.Q(('proposed_at__isnull', False), ('status', 'published')), _connector='OR'), fields=['submitted_at', 'id'], name='testimonial_waiting'),
        ),
        migrations.AddIndex(
            model_name='testimonial',
            index=models.Index(fields=['decided_at'], include=('status', 'stars'), name='testimonial_decided'),
        ),
        migrations.AddIndex(
            model_name='testimonial',
            index=models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='testimonial_to_ask'),
        ),
        migrations.AddIndex(
            model_name='testimonial',
            index=models.Index(condition=models.Q(('erased_at', None)), fields=['submitted_at'], name='testimonial_to_erase'),
        ),
        migrations.AddField(
            model_name='flag',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='testimonials.testimonial'),
        ),
        migrations.AddField(
            model_name='flag',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='letter',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='testimonials.testimonial'),
        ),
        migrations.AddField(
            model_name='permission',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permissions', to='testimonials.testimonial'),
        ),
        migrations.AddField(
            model_name='permission',
            name='text',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.consenttext'),
        ),
        migrations.AddField(
            model_name='photo',
            name='review',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='photo', to='testimonials.testimonial'),
        ),
        migrations.AddField(
            model_name='step',
            name='by',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='step',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='testimonials.testimonial'),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(fields=('status', 'stars', 'reason', 'allow_words', 'source'), name='tally_once'),
        ),
        migrations.AddField(
            model_name='version',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='testimonials.testimonial'),
        ),
        migrations.AddField(
            model_name='writer',
            name='review',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='writer', to='testimonials.testimonial'),
        ),
        migrations.AddIndex(
            model_name='flag',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['review'], name='flag_open'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at'], name='letter_waiting'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['email_index', 'made_at'], name='letter_often'),
        ),
        migrations.AddIndex(
            model_name='photo',
            index=models.Index(condition=models.Q(('review', None)), fields=['at'], name='photo_held'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(fields=['review', 'at'], name='step_of_review'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('review', 'number'), name='version_once'),
        ),
    ]
