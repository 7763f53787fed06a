from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0015_comments"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                condition=models.Q(("archived_at__isnull", True)),
                fields=["article", "number"],
                include=("id",),
                name="edition_kept",
            ),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                condition=models.Q(("state", "signed_off")),
                fields=["article", "number"],
                include=("publish_at", "review_due_on", "id"),
                name="edition_signed_off",
            ),
        ),
    ]
