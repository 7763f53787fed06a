"""Former addresses of articles become redirects, which the whole site has now."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def move(apps, schema_editor):
    """Those of articles that readers never saw led nowhere, and are dropped."""
    former_addresses = apps.get_model("articles", "FormerAddress").objects
    seen = former_addresses.filter(
        article__editions__signed_off_at__isnull=False, article__editions__publish_at__lte=timezone.now()
    )
    redirect = apps.get_model("detoxsite", "Redirect")
    redirect.objects.bulk_create(
        [
            redirect(path=f"/articles/{slug}", target=f"/articles/{current}/", source="move")
            for slug, current in seen.values_list("slug", "article__slug").distinct()
        ]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0005_public_changes"),
        ("detoxsite", "0010_redirects"),
    ]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        # The former version still reads the table, which goes with 0.11.
        migrations.AlterField(
            model_name="formeraddress",
            name="article",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="former_addresses",
                to="articles.article",
            ),
        ),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="FormerAddress")]),
    ]
