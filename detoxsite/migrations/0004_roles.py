from django.db import migrations

from detoxsite.staff import grant


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_freezing"), ("detoxsite", "0003_roles")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
