from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent_cookies", "0001_browsers_choices_and_refusals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="choice",
            name="means",
            field=models.CharField(
                choices=[("form", "form of the portal"), ("script", "consent.js on a site")],
                max_length=6,
                verbose_name="through",
            ),
        ),
    ]
