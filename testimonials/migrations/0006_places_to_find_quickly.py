
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('testimonials', '0005_old_words_off_the_disk'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(fields=['-made_at', 'id'], name='letter_newest'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['-made_at', 'id'], name='letter_failed'),
        ),
        migrations.AddIndex(
            model_name='testimonial',
            index=models.Index(condition=models.Q(('shown_photo', ''), _negated=True), fields=['shown_photo'], name='testimonial_photo'),
        ),
        migrations.AddIndex(
            model_name='testimonial',
            index=models.Index(condition=models.Q(('proposed_at__isnull', False)), fields=['submitted_at', 'id'], name='testimonial_proposed'),
        ),
        migrations.AddIndex(
            model_name='testimonial',
            index=models.Index(condition=models.Q(('hidden_at__isnull', False)), fields=['submitted_at', 'id'], name='testimonial_hidden'),
        ),
        migrations.AddIndex(
            model_name='testimonial',
            index=models.Index(condition=models.Q(('allow_words', False), ('status', 'pending')), fields=['submitted_at', 'id'], name='testimonial_unallowed'),
        ),
        migrations.AddIndex(
            model_name='testimonial',
            index=models.Index(condition=models.Q(('status', 'declined')), fields=['submitted_at', 'id'], name='testimonial_withheld'),
        ),
    ]
