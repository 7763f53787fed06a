from django.db import migrations

from detoxsite.staff import grant


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("articles", "0002_initial"),
        ("detoxsite", "0002_the_centre"),
        ("intake", "0001_initial"),
        ("testimonials", "0001_initial"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
