from django.db import migrations

from detoxsite.staff import grant


class Migration(migrations.Migration):
    dependencies = [("detoxsite", "0005_roles_of_the_calls"), ("testimonials", "0004_nothing_readable")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
