from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("detoxsite", "0005_public_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyCheck",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("digest", models.BinaryField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
    ]
