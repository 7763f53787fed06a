from django.db import migrations

from detoxsite.staff import grant


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_editions_and_steps"),
        ("detoxsite", "0003_roles"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
