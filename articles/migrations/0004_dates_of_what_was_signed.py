from django.db import migrations
from django.db.models.functions import Now, TruncDate


def fill(apps, schema_editor):
    """What was signed off or withdrawn before these dates were kept: when and by whom it was withdrawn is not known."""
    editions = apps.get_model("articles", "Edition").objects
    editions.filter(signed_off_at__isnull=False).update(reviewed_on=TruncDate("signed_off_at"))
    editions.filter(state="withdrawn").update(withdrawn_at=Now())


class Migration(migrations.Migration):

    dependencies = [("articles", "0003_editions_and_steps")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
